// Whether everybody can use the page that a window shows, and whether it fits; what it looks like.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { gateway } from "./gateway.js";

const axe_source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

// What a person may choose, and what the page then says that it is in.
export const languages = { zh: "zh-CN", en: "en" };
const windows = [
  { name: "light", width: 1280, colorScheme: "light" },
  { name: "dark", width: 1280, colorScheme: "dark" },
  { name: "1024", width: 1024, colorScheme: "light" },
  { name: "640", width: 640, colorScheme: "light" }, // 1280 at 200 %
];

async function axe_finds(page, options) {
  const { violations } = await page.evaluate((given) => axe.run(document, given), { preload: false, resultTypes: ["violations"], ...options });
  return violations
    .filter(({ impact }) => ["serious", "critical"].includes(impact))
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
}

// How far the page can be pushed to the side, and what sticks out of it.
const sticks_out = (page) =>
  page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    const boxes = [...document.querySelectorAll("body *")].filter((one) => !one.closest(".scroll, .unseen"));
    const over = boxes.filter((one) => one.getBoundingClientRect().right > clientWidth + 0.5);
    return [`${scrollWidth} of ${clientWidth}`, ...over.map((one) => one.outerHTML.slice(0, 120))];
  });

// `name` is what the screenshots are called.
export async function examine(page, name, language) {
  await page.evaluate(axe_source);
  for (const { name: look, width, colorScheme } of windows) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 800 });
    const what = `${name}, ${language}, ${look}`;
    assert.deepEqual(await sticks_out(page), [], `${what}: wider than the window`);
    // Another scheme changes colours only, another width hardly anything.
    if (look === "light") assert.deepEqual(await axe_finds(page, {}), [], what);
    if (look === "dark") assert.deepEqual(await axe_finds(page, { runOnly: ["color-contrast"] }), [], what);
    if (gateway.looks) await page.screenshot({ path: `${gateway.screenshots}/${name}.${language}.${look}.png`, fullPage: true });
  }
}

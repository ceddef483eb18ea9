// What holds for every page, in both languages: everybody can read and use it, and it fits its window.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { scenario } from "./scenarios.js";
import { gateway, refused_row } from "./gateway.js";

const axe_source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const entry = (piece) => `/quarantine/park/${refused_row(piece)}`;
// Name and path. What changes something runs after these: entrance_tests.js changes passwords only.
const pages = [
  ["overview", "/"],
  ["quarantine", "/quarantine"],
  ["quarantine-list", "/quarantine/park"],
  ["quarantine-list-none", "/quarantine/quality"],
  ["quarantine-entry-call", entry("to-be-corrected")],
  ["quarantine-entry-hostile", entry('"hostile"')],
  ["quarantine-entry-row", entry("B32")],
  ["quarantine-entry-ragged", entry("B31")],
  ["runs", "/runs"],
  ["runs-of-bureau", "/runs/levy"],
  ["runs-none", "/runs/quality"],
  ["reconciliation", "/reconciliation"],
  ["differences", "/reconciliation/levy/payment"],
  ["password", "/password"],
  ["no-such-page", "/no-such-page"],
];
const languages = { zh: "zh-CN", en: "en" };
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

async function examine(page, name, language) {
  await page.evaluate(axe_source);
  for (const { name: look, width, colorScheme } of windows) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 800 });
    const what = `${name}, ${language}, ${look}`;
    assert.deepEqual(await sticks_out(page), [], `${what}: wider than the window`);
    // Another scheme changes colours only, another width hardly anything.
    if (look === "light") assert.deepEqual(await axe_finds(page, {}), [], what);
    if (look === "dark") assert.deepEqual(await axe_finds(page, { runOnly: ["color-contrast"] }), [], what);
    await page.screenshot({ path: `${gateway.screenshots}/${name}.${language}.${look}.png`, fullPage: true });
  }
}

for (const language of Object.keys(languages)) {
  scenario(`every page is for everybody and fits its window: ${language}`, { of: "wang", language }, async ({ page }) => {
    for (const [name, path] of pages) {
      await page.goto(path);
      assert.equal(await page.locator("html").getAttribute("lang"), languages[language]);
      await examine(page, name, language);
    }
  });
  scenario(`the sign-in is for everybody and fits its window: ${language}`, { language }, async ({ page }) => {
    await page.goto("/sign-in");
    await examine(page, "sign-in", language);
    await page.locator('[name="name"]').fill("nobody");
    await page.locator('[name="password"]').fill("nothing");
    await page.locator("main button.main").click();
    await page.getByRole("alert").waitFor();
    await examine(page, "sign-in-wrong", language);
  });
}

// Each stop of the Tab key, until the focus leaves the page.
async function stops_of(page) {
  const stops = [];
  for (;;) {
    await page.keyboard.press("Tab");
    const stop = await page.evaluate(() => {
      const one = document.activeElement;
      if (one === document.body) return null; // between the last and the first
      const { left, right, top, bottom, width, height } = one.getBoundingClientRect();
      const { outlineStyle, outlineWidth } = getComputedStyle(one);
      const is_seen = width > 0 && height > 0 && right > 0 && bottom > 0 && left < innerWidth && top < innerHeight;
      const all = [...document.querySelectorAll("a[href], button:enabled, select, textarea, input:not([type=hidden]):not([hidden]), [tabindex='0']")];
      return { html: one.outerHTML.slice(0, 100), place: all.indexOf(one), of: all.length, is_seen, outline: `${outlineStyle} ${outlineWidth}` };
    });
    if (!stop || stops.some(({ place }) => place === stop.place)) return stops;
    stops.push(stop);
  }
}

scenario("the Tab key goes to all that can be used, in its order, and shows where it is", { of: "wang" }, async ({ page }) => {
  for (const [name, path] of pages) {
    if (name === "quarantine-list") continue; // a hundred links alike; that without rows has the same form
    await page.goto(path);
    const stops = await stops_of(page);
    assert.deepEqual(stops.map(({ place }) => place), [...Array(stops[0].of).keys()], `${name}: the order`);
    for (const { html, is_seen, outline } of stops) {
      assert.ok(is_seen, `${name}: not to be seen with the focus: ${html}`);
      assert.equal(outline, "solid 2px", `${name}: ${html}`);
    }
  }
});

// What holds for every page, in both languages: everybody can read and use it, and it fits its window.
import assert from "node:assert/strict";
import { examine, languages } from "./examination.js";
import { scenario } from "./scenarios.js";
import { refused_row } from "./gateway.js";

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

// The overview refreshes itself, and does not keep a session alive by it. Its clock is turned forward,
// so nobody waits for the ten seconds between.
import assert from "node:assert/strict";
import { sign_in } from "./browser.js";
import { scenario, until } from "./scenarios.js";
import { gateway, let_sessions_lapse, post } from "./gateway.js";

const refused = (page) => page.locator("#quarantine-of-park");
const figure = (text) => Number(text.replaceAll(",", ""));

scenario("the overview shows what has changed, in its place", { of: "wang" }, async ({ page }) => {
  await page.clock.install();
  await page.goto("/");
  const before = figure(await refused(page).innerText());
  await page.evaluate(() => (window.is_the_same_page = true));
  await refused(page).focus();
  post({ number: "refused-meanwhile", name: "新来的", capital: -8 });
  await page.clock.fastForward(10_000);
  await until("the new row is counted", async () => figure(await refused(page).innerText()) === before + 1);
  assert.ok(await page.evaluate(() => window.is_the_same_page), "the page was loaded anew");
  assert.equal(await page.evaluate(() => document.activeElement.id), "quarantine-of-park", "where the focus was");
  assert.equal(await page.locator("#live").count(), 1);
  const again = page.waitForResponse((response) => response.url().endsWith("/?refresh=1"));
  await page.clock.fastForward(10_000);
  assert.equal((await again).status(), 200, "and so on");
});

scenario("an overview that is left open ends at the sign-in", { settled: "li" }, async ({ page, complaints }) => {
  await page.clock.install();
  await page.goto("/");
  await sign_in(page, "li");
  await refused(page).waitFor();
  let_sessions_lapse("li");
  await page.clock.fastForward(10_000);
  await page.waitForURL("**/sign-in?**");
  await page.getByText("Your session is over.").waitFor();
  assert.deepEqual(complaints.splice(0), [`401 ${gateway.origin}/?refresh=1`]);
  await sign_in(page, "li");
  await refused(page).waitFor();
  // Where the address said that the page was asked for by itself, no use of it would count as one.
  assert.equal(page.url(), `${gateway.origin}/`);
});

scenario("an overview says that it could not be refreshed", { of: "wang" }, async ({ page, context, complaints }) => {
  await page.clock.install();
  await page.goto("/");
  const stale = page.getByText("It could not be refreshed");
  assert.ok(!(await stale.isVisible()));
  await context.setOffline(true);
  await page.clock.fastForward(10_000);
  await stale.waitFor();
  await context.setOffline(false);
  await page.clock.fastForward(10_000);
  await stale.waitFor({ state: "hidden" });
  const others = complaints.splice(0).filter((one) => !/ERR_INTERNET_DISCONNECTED|htmx:(sendError|afterRequest)/.test(one));
  assert.deepEqual(others, []);
});

// What one types and the server does not have: shown wherever the task has gone, told apart by why
// the server does not have it, and never thrown away by another window.
import assert from "node:assert/strict";
import { field, open_window_of } from "./browser.js";
import { examine, languages } from "./examination.js";
import { hand_over } from "./gateway.js";
import { scenario, until } from "./scenarios.js";

const box = (page, column) => page.locator(`[name="field.${column}"]`);
const save = (page) => page.locator("#save").press("Enter");
const is_saved = (page) => page.waitForURL(({ search }) => /^\?done=(keyed|confirmed)/.test(search));
const pause = (page) => page.clock.fastForward(2000);
const focused = (page) => page.evaluate(() => document.activeElement.name || document.activeElement.id);
const kept_here = (page, number) =>
  page.evaluate((task) => Object.keys(localStorage).filter((key) => key.endsWith(`.${task}`) || key.includes(`.${task}.`)), number);
// Field by field, once it is opened.
const shown_in = async (section) => {
  await section.locator("summary").press("Enter");
  const [labels, texts] = await Promise.all([section.locator("dt").allInnerTexts(), section.locator("dd").allInnerTexts()]);
  return Object.fromEntries(labels.map((label, at) => [label, texts[at]]));
};

// The supervisor adds a shop to be keyed: its number.
async function add_shop(title) {
  const { page, complaints, close } = await open_window_of("ding");
  await page.goto("/supervision");
  await field(page, "dataset").selectOption("shop");
  await field(page, "title").fill(title);
  await field(page, "priority").fill("0");
  await page.locator('form[action="/supervision/tasks"] button').click();
  await page.waitForURL("**done=task-added");
  const ids = await page.locator("tbody .id").allInnerTexts();
  assert.deepEqual(complaints, []);
  await close();
  return Math.max(...ids.map(Number).filter(Number.isInteger));
}
async function take(page, number) {
  await page.goto("/entry");
  const held = page.locator(`main a[href="/entry/${number}"]`);
  await page.locator(`form[action="/entry/${number}/claim"] button`).or(held).first().click();
  await page.waitForURL(`**/entry/${number}`);
}
// Another window of the same browser, at the same task.
async function second_window(context, number) {
  const other = await context.newPage();
  await other.goto(`/entry/${number}`);
  return other;
}

for (const language of Object.keys(languages)) {
  scenario(`what a second window typed for a task that is saved is shown on its page: ${language}`, { of: "geng", language }, async ({ page, context, complaints }) => {
    const number = await add_shop(`W-${language}`);
    await take(page, number);
    const other = await second_window(context, number);
    await box(page, "number").fill(`W-${language}`);
    await box(page, "name").fill("第一窗口");
    await save(page);
    await is_saved(page);
    await box(other, "name").fill("第二窗口");
    await box(other, "remark").fill("<b>只在\n第二窗口");
    await save(other);
    await other.waitForURL(`**/tasks/${number}?done=task-taken`);
    const kept = other.locator("#kept");
    await kept.waitFor();
    assert.deepEqual(await shown_in(kept), { 字号名称: "第二窗口", 备注: "<b>只在\n第二窗口" });
    await examine(other, "kept-text", language);
    await other.reload();
    await kept.waitFor();
    await kept.locator("button").press("Enter");
    await kept.waitFor({ state: "hidden" });
    assert.equal(await focused(other), "main");
    assert.deepEqual(await kept_here(other, number), []);
    assert.deepEqual(complaints, []);
  });
}

scenario("what was kept while the network was away outlives that another window saves the task", { of: "geng" }, async ({ page, context, complaints }) => {
  const number = await add_shop("W-3");
  await context.clock.install();
  await take(page, number);
  const other = await second_window(context, number);
  await context.setOffline(true);
  await box(other, "remark").fill("断网时录入");
  await pause(other);
  await other.getByText("The network is away").waitFor();
  await other.close();
  await context.setOffline(false);
  complaints.splice(0); // of the network
  // What is sent is kept no more; what was not is told of, and leads to the task.
  await box(page, "number").fill("W-3");
  await box(page, "name").fill("第一窗口");
  await save(page);
  await is_saved(page);
  await page.locator("#saved-task a").press("Enter");
  await page.waitForURL(`**/tasks/${number}`);
  assert.deepEqual(await shown_in(page.locator("#kept")), { 备注: "断网时录入" });
});

scenario("of a task that is saved with all that was typed nothing is kept", { of: "geng" }, async ({ page }) => {
  const number = await add_shop("W-4");
  await take(page, number);
  await box(page, "number").fill("W-4");
  await box(page, "name").fill("一次录完");
  await save(page);
  await is_saved(page);
  assert.ok(!(await page.locator("#saved-task").isVisible()));
  assert.deepEqual(await kept_here(page, number), []);
  assert.equal(await page.evaluate(() => sessionStorage.getItem("sluice.sent")), null);
  await page.goto(`/tasks/${number}`);
  assert.ok(!(await page.locator("#kept").isVisible()));
});

scenario("what is offered is shown before it is taken", { of: "geng" }, async ({ page, context, complaints }) => {
  const number = await add_shop("W-5");
  await context.clock.install();
  await take(page, number);
  await context.setOffline(true);
  await box(page, "name").fill("断网时录入");
  await pause(page);
  await page.getByText("The network is away").waitFor();
  await page.close();
  await context.setOffline(false);
  complaints.splice(0); // of the network
  const again = await second_window(context, number);
  const offer = again.locator("#offer");
  await offer.waitFor();
  assert.deepEqual(await shown_in(offer), { 字号名称: "断网时录入" });
  assert.equal(await box(again, "name").inputValue(), "", "nothing is put in before one says so");
  await offer.getByRole("button", { name: "Discard" }).press("Enter");
  assert.deepEqual(await kept_here(again, number), []);
});

// Of a draft and of a form: one is longer than a task keeps, the other than the server reads at all.
scenario("what is too long stays with the person, and is told so", { of: "geng" }, async ({ page, context, complaints }) => {
  const number = await add_shop("W-6");
  await context.clock.install();
  await take(page, number);
  const told = page.getByText("Too long: not kept on the server");
  const type_remark = async (characters) => {
    await box(page, "remark").evaluate((remark, many) => {
      remark.value = `${"长".repeat(99)}\n`.repeat(many / 100);
      remark.dispatchEvent(new Event("input", { bubbles: true }));
    }, characters);
    await pause(page);
  };
  const restore = () => page.locator("#offer").getByRole("button", { name: "Restore" }).press("Enter");
  const long = async () => (await box(page, "remark").inputValue()).length;
  await box(page, "name").fill("长内容");
  await type_remark(400_000);
  await told.waitFor();
  for (const id of ["away", "over", "draft"]) assert.ok(!(await page.locator(`#${id}`).isVisible()), id);
  assert.ok((await kept_here(page, number)).length > 0);
  // With the form the answer comes where it could be read.
  await save(page);
  await page.getByText("a task keeps at most 1 MiB").waitFor();
  assert.equal(await long(), 400_000);
  assert.equal(await box(page, "name").inputValue(), "长内容");
  await page.goto(`/entry/${number}`);
  await restore();
  assert.equal(await long(), 400_000);
  await type_remark(100);
  await page.locator("#draft").waitFor();
  assert.ok(!(await told.isVisible()));

  await type_remark(500_000);
  await told.waitFor();
  await save(page);
  await page.getByRole("heading", { name: "Too long" }).waitFor();
  assert.equal(await page.getByRole("link", { name: "Sign in" }).count(), 0);
  await page.goBack();
  await restore();
  assert.equal(await long(), 500_000);
  complaints.splice(0, complaints.length, ...complaints.filter((one) => !one.startsWith("413 ")));
});

scenario("of ticks that are missing the first has the focus", { of: "geng" }, async ({ page }) => {
  const [number] = hand_over("licences.2.1", [{ operation: "upsert", values: { number: "TS-201", holder: "海淀" } }]);
  await take(page, number);
  await page.locator('[name="tick.number"]').check();
  await field(page, "receipt").fill("ZJ-201");
  await field(page, "receipt").press("Enter");
  await page.getByRole("alert").waitFor();
  await until("the first missing tick has the focus", async () => (await focused(page)) === "tick.holder");
  for (const name of ["holder", "person", "former", "scope", "remark"]) await page.locator(`[name="tick.${name}"]`).check();
  await save(page);
  await is_saved(page);
});

// Outgoing tasks by people at their keyboards: a delivered record is copied, ticked and confirmed with
// the other system's number, or declined; and what is ticked outlives the network and the page.
import assert from "node:assert/strict";
import { field, open_window_of } from "./browser.js";
import { examine, languages } from "./examination.js";
import { gateway, hand_over } from "./gateway.js";
import { scenario, until } from "./scenarios.js";

const path_of = (page) => new URL(page.url()).pathname;
const tick = (page, name) => page.locator(`[name="tick.${name}"]`);
const focused = (page) => page.evaluate(() => document.activeElement.name || document.activeElement.id);
const clipboard = (page) => page.evaluate(() => navigator.clipboard.readText());
const progress = (page) => page.locator("#progress").innerText();
const with_clipboard = { permissions: ["clipboard-read", "clipboard-write"] };

// As it is laid out: by field, in the order of the other system's screen.
const licence = (number) => ({
  number,
  holder: "北京海淀智芯科技有限公司",
  person: "110108197803120027",
  scope: "压力容器；\n起重机械。\n",
  remark: `${gateway.hostile}\r\n\tx `,
});
const fields = ["number", "holder", "person", "former", "scope", "remark"];
const put = (values) => ({ operation: "upsert", values });
const remove = (values) => ({ operation: "remove", values });

// Somebody else at a browser of their own, in the middle of a test.
async function as(name, body, options = {}) {
  const window = await open_window_of(name, options);
  try {
    const result = await body(window);
    assert.deepEqual(window.complaints, [], `what ${name}'s browser complains of`);
    return result;
  } finally {
    await window.close();
  }
}

// From the queue, this very task, by keyboard.
async function take(page, number) {
  await page.goto("/entry");
  const held = page.locator(`main a[href="/entry/${number}"]`);
  await page.getByRole("button", { name: new RegExp(`\\D${number}$`) }).or(held).first().press("Enter");
  await page.waitForURL(`**/entry/${number}`);
}

scenario("a record is carried over by keyboard alone and confirmed with the other system's number", { of: "geng", ...with_clipboard }, async ({ page }) => {
  const [number] = hand_over("licences.1.1", [put(licence("TS-118"))]);
  const values = licence("TS-118");
  await page.goto("/entry");
  await page.getByText("to be delivered").first().waitFor();
  await take(page, number);
  const { keyboard } = page;
  await until("the first field has the focus", async () => (await focused(page)) === "tick.number");
  assert.equal(await progress(page), "0 of 6 fields");

  // Each one copied as it was delivered, whatever it looks like, and the next has the focus.
  for (const [at, name] of fields.entries()) {
    assert.equal(await focused(page), `tick.${name}`);
    const value = values[name];
    if (value) await page.evaluate(() => navigator.clipboard.writeText("not copied"));
    const said = page.locator("#copied");
    await keyboard.press("Control+c");
    const next = at + 1 < fields.length ? `tick.${fields[at + 1]}` : "receipt";
    await until(`${next} has the focus, once ${name} is copied`, async () => (await focused(page)) === next);
    if (!value) continue; // there is nothing to copy
    const label = await page.locator(`#field-${at + 1}-label`).innerText();
    const told = await said.innerText();
    assert.match(told, /. copied$/);
    assert.ok(label.startsWith(told.replace(" copied", "")), `${told} of ${label}`);
    assert.equal(await clipboard(page), value, name);
  }
  assert.equal(await page.locator("main img, main script:not([src])").count(), 0);
  assert.ok(!(await page.content()).includes("\u202e"), "what turns text around is in the page");
  await keyboard.press("Shift+Enter");
  assert.equal(await focused(page), "tick.remark", "back");

  await keyboard.press("?");
  await page.locator("dialog#keys[open]").waitFor();
  await keyboard.press("Escape");
  await page.locator("dialog#keys").waitFor({ state: "hidden" });

  // All but the last are ticked; Enter in the number then asks, and confirms all the same.
  await tick(page, "number").focus();
  for (const name of fields.slice(0, -1)) {
    assert.equal(await focused(page), `tick.${name}`);
    await keyboard.press("Space");
    await keyboard.press("Enter");
  }
  assert.equal(await progress(page), "5 of 6 fields");
  await keyboard.press("Enter");
  assert.equal(await focused(page), "receipt");
  await keyboard.type("ZJ-2026-118");
  await keyboard.press("Enter");
  await page.getByText("1 not ticked, nothing is confirmed yet").waitFor();
  assert.equal(await field(page, "receipt").inputValue(), "ZJ-2026-118");
  await tick(page, "remark").press("Space");
  assert.equal(await progress(page), "6 of 6 fields");
  await field(page, "receipt").press("Enter");
  await page.waitForURL(({ search }) => search.startsWith("?done=confirmed"));

  await page.goto(`/tasks/${number}`);
  await page.getByText("Receipt number", { exact: true }).waitFor();
  await page.getByText("ZJ-2026-118").first().waitFor();
  await page.goto(`/entry/${number}`);
  assert.equal(path_of(page), `/tasks/${number}`, "it is answered, and has no desk any more");
});

scenario("a browser that gives nobody its clipboard copies by its own event", { of: "geng", ...with_clipboard }, async ({ page, context }) => {
  const [number] = hand_over("licences.1.2", [put(licence("TS-119"))]);
  await take(page, number);
  await page.evaluate(() => { navigator.clipboard.writeText = () => Promise.reject(new Error("no")); });
  await page.getByRole("button", { name: "Copy 备注" }).press("Enter");
  await page.locator(".copied:not(:empty)").waitFor();
  // By the event, too, the value is exact.
  assert.equal(await clipboard(page), `${gateway.hostile}\r\n\tx `);
  await context.clearPermissions();
  await page.evaluate(() => { document.execCommand = () => false; });
  await page.getByRole("button", { name: "Copy 持证单位" }).press("Enter");
  await page.getByText("the value is selected, press Ctrl C again").first().waitFor();
  assert.equal(await page.evaluate(() => getSelection().toString()), "北京海淀智芯科技有限公司");
});

scenario("without JavaScript a record is ticked, kept and confirmed", { of: "geng", javaScriptEnabled: false }, async ({ page }) => {
  const [number] = hand_over("licences.1.3", [remove({ number: "TS-120" })]);
  await take(page, number);
  assert.equal(await page.getByRole("button", { name: /^Copy/ }).count(), 0, "a button that does nothing is seen");
  await field(page, "receipt").fill("ZJ-120");
  await page.locator("#save").click();
  await page.getByText("1 not ticked").waitFor();
  await tick(page, "number").check();
  await page.getByRole("button", { name: "Keep as draft" }).click();
  await page.getByText("The draft is kept.").waitFor();
  assert.ok(await tick(page, "number").isChecked());
  assert.equal(await progress(page), "1 of 1 fields");
  assert.equal(await field(page, "receipt").inputValue(), "ZJ-120");
  await page.locator("#save").click();
  await page.waitForURL(({ search }) => search.startsWith("?done=confirmed"));
});

scenario("what is ticked is kept, whatever becomes of the network and the page", { of: "geng" }, async ({ page, context, complaints }) => {
  const [number] = hand_over("licences.1.4", [put(licence("TS-121"))]);
  const pause = () => page.clock.fastForward(2000);
  const kept_here = () => page.evaluate((key) => localStorage.getItem(key) ?? "", `sluice.draft.geng.${number}`);
  await context.clock.install();
  await take(page, number);
  await tick(page, "number").press("Space");
  await pause();
  await page.locator("#draft").waitFor();
  await page.reload();
  assert.ok(await tick(page, "number").isChecked(), "the server has it");

  await context.setOffline(true);
  await tick(page, "holder").press("Space");
  await field(page, "receipt").fill("ZJ-1");
  await pause();
  const away = page.getByText("The network is away: kept in this browser");
  await away.waitFor();
  assert.match(await kept_here(), /tick\.holder/);
  await context.setOffline(false);
  await away.waitFor({ state: "hidden" });
  await until("nothing is kept in the browser only", async () => !(await kept_here()));

  // Left while the server could not be reached.
  await context.setOffline(true);
  await tick(page, "scope").press("Space");
  await pause();
  await away.waitFor();
  await page.close();
  await context.setOffline(false);
  const offline = complaints.splice(0).filter((one) => !one.startsWith("net::ERR_INTERNET_DISCONNECTED"));
  assert.deepEqual(offline, []);
  const again = await context.newPage();
  await again.goto(`/entry/${number}`);
  assert.ok(await tick(again, "holder").isChecked());
  assert.equal(await field(again, "receipt").inputValue(), "ZJ-1");
  assert.ok(!(await tick(again, "scope").isChecked()), "nobody has it yet but the browser");
  await again.getByRole("button", { name: "Restore" }).click();
  assert.ok(await tick(again, "scope").isChecked());
  assert.equal(await progress(again), "3 of 6 fields");
  await again.locator("#note").fill("该单位已在本系统注销");
  await again.locator("#note").press("Enter");
  await again.waitForURL(({ search }) => search.startsWith("?done=declined"));
});

scenario("a record is declined with a reason by keyboard, and never without", { of: "geng" }, async ({ page }) => {
  const [first, second] = hand_over("licences.1.5", [remove({ number: "TS-122" }), put({ number: "TS-123" })]);
  await take(page, first);
  await page.getByText("Delete this record from the system of 工商分局").waitFor();
  await page.keyboard.press("Escape");
  assert.equal(await focused(page), "note");
  await page.keyboard.press("Enter");
  await page.getByText("Say why.").waitFor();
  await page.locator("#note").fill("系统中没有这一条<b>");
  await page.locator("#note").press("Enter");
  await page.waitForURL(({ search }) => search.startsWith("?done=declined"));
  await page.goto(`/tasks/${first}`);
  await page.getByText("系统中没有这一条<b>").first().waitFor();

  // What the clerk can not decide the supervisor declines.
  await take(page, second);
  await page.locator("#away-note").fill("没有权限");
  await page.getByRole("button", { name: "To the supervisor" }).press("Enter");
  await page.waitForURL("**/entry?done=escalated");
  await as("ding", async ({ page }) => {
    await page.goto(`/tasks/${second}`);
    await page.getByText("licences.1.5 · 2").waitFor();
    await page.locator("#decline-note").fill("本局不办此项");
    await page.locator("#decline-note").press("Enter");
    await page.waitForURL("**?done=task-declined");
    await page.goto("/supervision?list=declined");
    await page.locator(`a[href="/tasks/${second}"]`).waitFor();
  });
});

// One in geng's hands and one that was refused; once for both languages.
let laid_out;
async function lay_out() {
  const [number] = hand_over("licences.1.6", [put(licence("TS-124"))]);
  await as("geng", ({ page }) => take(page, number));
  return number;
}
for (const language of Object.keys(languages)) {
  scenario(`the desk of outgoing tasks is for everybody and fits its window: ${language}`, { of: "geng", language }, async ({ page }) => {
    const number = await (laid_out ??= lay_out());
    await page.goto(`/entry/${number}`);
    assert.equal(await page.locator("html").getAttribute("lang"), languages[language]);
    await examine(page, "outgoing", language);
    await tick(page, "holder").check();
    await page.locator("#save").press("Enter");
    await page.getByRole("alert").waitFor();
    await examine(page, "outgoing-refused", language);
    await page.goto("/entry");
    await examine(page, "outgoing-queue", language);
    await as("ding", async ({ page }) => {
      await page.goto(`/tasks/${number}`);
      await examine(page, "outgoing-task", language);
    }, { language });
  });
}

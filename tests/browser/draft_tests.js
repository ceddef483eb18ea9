// What is typed and not yet saved outlives the network, the browser's page, the session and the daemon,
// and nothing is saved twice.
import assert from "node:assert/strict";
import { sign_in } from "./browser.js";
import { add_tasks, as, box, draft_kept, fill, in_store, is_saved, path_of, save, take } from "./desk.js";
import { kill_and_restart, let_sessions_lapse } from "./gateway.js";
import { scenario, until } from "./scenarios.js";

// One stops typing: what is to happen a while later happens now.
const pause = (page) => page.clock.fastForward(2000);
const kept_here = (page, number, account = "geng") =>
  page.evaluate((key) => localStorage.getItem(key) ?? "", `sluice.draft.${account}.${number}`);

scenario("what is typed is kept, whatever becomes of the network, the page and the session", { of: "geng" }, async ({ page, context, complaints }) => {
  const [number] = await add_tasks("shop", ["D-1"]);
  await context.clock.install();
  await take(page, number);
  await box(page, "number").fill("D-1");
  await pause(page);
  await draft_kept(page);
  await page.reload();
  assert.equal(await box(page, "number").inputValue(), "D-1", "the server has it");

  const away = page.getByText("The network is away: kept in this browser");
  await context.setOffline(true);
  await box(page, "name").fill("断网时录入");
  await pause(page);
  await away.waitFor();
  assert.match(await kept_here(page, number), /断网时录入/);
  await context.setOffline(false);
  await away.waitFor({ state: "hidden" });
  await until("nothing is kept in the browser only", async () => !(await kept_here(page, number)));

  // Closed while the server could not be reached.
  await context.setOffline(true);
  await box(page, "street").fill("关页前录入");
  await pause(page);
  await away.waitFor();
  await page.close();
  await context.setOffline(false);
  const offline = complaints.splice(0).filter((one) => !one.startsWith("net::ERR_INTERNET_DISCONNECTED"));
  assert.deepEqual(offline, []);
  const again = await context.newPage();
  await again.goto(`/entry/${number}`);
  assert.equal(await box(again, "name").inputValue(), "断网时录入");
  assert.equal(await box(again, "street").inputValue(), "");
  await again.getByText("This browser has kept what the server does not have.").waitFor();
  await again.getByRole("button", { name: "Restore" }).click();
  assert.equal(await box(again, "street").inputValue(), "关页前录入");
  await pause(again);
  await until("the server has that, too", async () => !(await kept_here(again, number)));

  // Signed out by the clock, in the middle.
  let_sessions_lapse("geng");
  await box(again, "remark").fill("会话结束后录入");
  await pause(again);
  await again.getByText("Your session is over: kept in this browser.").waitFor();
  await again.locator("#over a").click();
  await again.waitForURL("**/sign-in**");
  await sign_in(again, "geng");
  assert.equal(path_of(again), `/entry/${number}`, "where one was");
  assert.equal(await box(again, "street").inputValue(), "关页前录入");
  await again.getByRole("button", { name: "Restore" }).click();
  assert.equal(await box(again, "remark").inputValue(), "会话结束后录入");
  await save(again);
  await is_saved(again);
  assert.deepEqual(await in_store("shop", "D-1"), ["D-1", "断网时录入", "\\N", "关页前录入", "\\N", "\\N", "会话结束后录入"]);
  assert.equal(await kept_here(again, number), "");
});

scenario("what is saved in one tab is not saved in another", { of: "jia" }, async ({ page, context, complaints }) => {
  const [number] = await add_tasks("shop", ["T-1"], 30);
  await take(page, number);
  const other = await context.newPage();
  await other.goto(`/entry/${number}`);
  await fill(page, { number: "T-1", name: "第一页" });
  await save(page);
  await is_saved(page);
  await fill(other, { number: "T-1", name: "第二页", remark: "只在第二页" });
  await other.getByText("The task is no longer yours: what you type is kept in this browser only.").waitFor();
  await save(other);
  await other.waitForURL(`**/tasks/${number}?done=task-taken`);
  await other.getByRole("status").first().waitFor();
  assert.match(await kept_here(other, number, "jia"), /第二页.*只在第二页/);
  assert.deepEqual(await in_store("shop", "T-1"), ["T-1", "第一页", "\\N", "\\N", "\\N", "\\N", "\\N"]);
  assert.deepEqual(complaints, []);
});

scenario("a daemon that is killed loses no draft, and doubles no record", { of: "jia" }, async ({ page, complaints }) => {
  const [number] = await add_tasks("shop", ["Z-1"]);
  await take(page, number);
  await fill(page, { number: "Z-1", name: "断电", remark: "a\nb" });
  await draft_kept(page);
  await kill_and_restart();
  // Another port is another origin, and has nothing of what this browser may have kept.
  await as("jia", async ({ page, complaints }) => {
    await page.goto(`/entry/${number}`);
    for (const [column, value] of [["number", "Z-1"], ["name", "断电"], ["remark", "a\nb"]]) {
      assert.equal(await box(page, column).inputValue(), value, column);
    }
    const answered = page.waitForResponse((answer) => answer.url().endsWith("/save") && answer.status() === 303);
    await page.locator("#save").click({ noWaitAfter: true });
    await answered;
    // Before the record can be in the central store.
    await kill_and_restart();
    complaints.splice(0); // of the page that comes next
  });
  assert.deepEqual(await in_store("shop", "Z-1"), ["Z-1", "断电", "\\N", "\\N", "\\N", "\\N", "a\\nb"]);
  await as("jia", async ({ page }) => {
    await page.goto(`/entry/${number}`);
    assert.equal(path_of(page), `/tasks/${number}`, "it is not keyed once more");
  });
  complaints.splice(0); // of the page at the old port
});

// Manual entry by people at their keyboards: keyed, checked, settled, and in the central store; and
// what is typed outlives the network, the browser's page, the session and the daemon.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { field, open_window_of, sign_in } from "./browser.js";
import { examine, languages } from "./examination.js";
import { gateway, held, kill_and_restart, let_sessions_lapse, sluice } from "./gateway.js";
import { scenario, until } from "./scenarios.js";

const path_of = (page) => new URL(page.url()).pathname;
const box = (page, column) => page.locator(`[name="field.${column}"]`);
// What is told under a field.
const told_of = async (page, column) => page.locator(`[id="${await box(page, column).getAttribute("id")}-told"]`).innerText();
const focused_column = (page) => page.evaluate(() => document.activeElement.dataset.column ?? document.activeElement.id);
const is_saved = (page) => page.waitForURL(({ search }) => /^\?done=(keyed|settled)/.test(search));
// By its key: what is told of a field that is left moves the button, perhaps just before it is hit.
const save = (page) => page.locator("#save").press("Enter");

// An enterprise's code whose check character is right; GB 32100.
function credit_code(number) {
  const characters = "0123456789ABCDEFGHJKLMNPQRTUWXY";
  const body = `91110108${String(number).padStart(9, "0")}`;
  let sum = 0;
  let weight = 1;
  for (const one of body) {
    sum += characters.indexOf(one) * weight;
    weight = (weight * 3) % 31;
  }
  return body + characters[(31 - (sum % 31)) % 31];
}

// The supervisor adds tasks of these titles: their numbers.
async function add_tasks(dataset, titles, priority = 0) {
  const { page, complaints, close } = await open_window_of("ding");
  await page.goto("/supervision");
  const numbers = [];
  for (const title of titles) {
    await field(page, "dataset").selectOption(dataset);
    await field(page, "title").fill(title);
    await field(page, "priority").fill(String(priority));
    await page.getByRole("button", { name: "Add" }).click();
    await page.getByText("The task is added.").waitFor();
    const ids = await page.locator("tbody .id").allInnerTexts();
    numbers.push(Math.max(...ids.map(Number).filter(Number.isInteger)));
  }
  assert.deepEqual(complaints, []);
  await close();
  return numbers;
}

// From the queue, this very task.
async function take(page, number) {
  await page.goto("/entry");
  // Whoever saves a task holds the next one.
  const held = page.locator(`main a[href="/entry/${number}"]`);
  await page.getByRole("button", { name: new RegExp(`\\D${number}$`) }).or(held).first().click();
  await page.waitForURL(`**/entry/${number}`);
}

async function fill(page, values) {
  for (const [column, value] of Object.entries(values)) await box(page, column).fill(value);
}

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

const record_of = (dataset, key) => held(dataset).filter(([first]) => first === key);
const in_store = async (dataset, key) => {
  await until(`${key} is in the central store`, () => record_of(dataset, key).length > 0);
  assert.equal(record_of(dataset, key).length, 1, "one record");
  return record_of(dataset, key)[0];
};

const enterprise = (number) => ({ code: credit_code(number), name: "智芯科技", capital: "1,000 万元", founded: "2026-11-29" });

scenario("what two key differently a reviewer settles, and the record is in the store", { of: "jia" }, async ({ page }) => {
  const [number] = await add_tasks("enterprise", ["HD-1"]);
  await take(page, number);
  await fill(page, enterprise(1));
  await save(page);
  await is_saved(page);
  await page.goto(`/entry/${number}`);
  assert.equal(path_of(page), `/tasks/${number}`, "it is out of the first one's hands");

  await as("yi", async ({ page }) => {
    await take(page, number);
    assert.ok(!(await page.content()).includes("1,000"), "the second person sees the blind value");
    await save(page);
    await page.getByRole("alert").waitFor();
    await page.locator('[name="confirm.name"]').check();
    await fill(page, { capital: "100万元" });
    await save(page);
    await is_saved(page);
  });
  assert.deepEqual(record_of("enterprise", credit_code(1)), [], "nothing is in the store before it is settled");
  await as("bing", async ({ page }) => {
    await take(page, number);
    await save(page);
    await page.getByText("Still open: 1.").waitFor();
    await page.getByText("= 10,000,000.00").waitFor();
    await page.locator('[name="choice.capital"][value="first"]').check();
    await save(page);
    await is_saved(page);
  });
  assert.deepEqual(await in_store("enterprise", credit_code(1)),
    [credit_code(1), "智芯科技", "\\N", "10000000", "CNY", "2026-11-29", "\\N"]);
});

// Presses keys, and counts them.
function keyboard_of(page) {
  let pressed = 0;
  return {
    type: async (text) => {
      pressed += [...text].length;
      await page.keyboard.type(text);
    },
    press: async (...keys) => {
      for (const key of keys) {
        ++pressed;
        await page.keyboard.press(key);
      }
    },
    count: () => {
      const count = pressed;
      pressed = 0;
      return count;
    },
  };
}

scenario("three records are keyed one behind the other by keyboard alone", { of: "jia" }, async ({ page }, test) => {
  const tasks = await add_tasks("shop", ["K-1", "K-2", "K-3"], 50);
  const { type, press, count } = keyboard_of(page);
  const at_first_field = async (number) => {
    await page.waitForURL(`**/entry/${number}**`);
    await until("the first field has the focus", async () => (await focused_column(page)) === "number");
  };
  const choose_branch = async (text) => {
    await type(text);
    await page.locator("#codes [role=option]").nth(1).waitFor();
    await press("ArrowDown", "Enter");
    assert.match(await box(page, "type").inputValue(), /^4531 /);
    assert.equal(await focused_column(page), "street");
  };
  await page.goto("/entry");
  await page.locator("form button.take").first().focus();
  await press("Enter");
  count();
  await at_first_field(tasks[0]);

  // All of it typed.
  await type("S-1");
  await press("Enter");
  await type("老张面馆");
  await press("Shift+Enter");
  assert.equal(await focused_column(page), "number", "back");
  await press("Enter", "Enter");
  await type("4531 个人独资企业分支机构");
  await press("Enter");
  await type("中关村大街1号");
  await press("Enter");
  await type("11292026"); // as a browser in American English asks for it
  await press("Enter");
  assert.equal(await box(page, "opened").inputValue(), "2026-11-29");
  await type("12万元");
  await press("Enter", "Tab"); // in a long text Enter is a new line
  assert.equal(await focused_column(page), "save", "behind the last field");
  await press("?");
  await page.locator("dialog#keys[open]").waitFor();
  await press("Escape");
  await page.locator("dialog#keys").waitFor({ state: "hidden" });
  assert.equal(await focused_column(page), "save", "where one was");
  await press("Control+Enter");
  const plain = count() - 4; // there and back, and the keys shown

  // What is the same is taken from the record before, and the code is found.
  await at_first_field(tasks[1]);
  await type("S-2");
  await press("Enter");
  await type("老李面馆");
  await press("Enter");
  await choose_branch("grdz");
  await press("F4", "F6", "Enter", "F4", "Enter", "F4", "Control+Enter");
  const ditto = count();

  // What stays is there before one begins.
  await at_first_field(tasks[2]);
  assert.equal(await box(page, "street").inputValue(), "中关村大街1号");
  await page.locator(".stuck:visible").waitFor();
  await type("S-3");
  await press("Enter");
  await type("老王面馆");
  await press("Enter");
  await choose_branch("grdz");
  await press("F6", "Enter", "F4", "Enter", "F4", "Control+Enter");
  const sticky = count();
  await is_saved(page);

  for (const [key, name] of [["S-1", "老张面馆"], ["S-2", "老李面馆"], ["S-3", "老王面馆"]]) {
    assert.deepEqual(await in_store("shop", key), [key, name, "4531", "中关村大街1号", "2026-11-29", "120000", "\\N"]);
  }
  assert.ok(ditto < plain, "the keys save nothing");
  test.diagnostic(`keystrokes of a record: ${plain} typed in full, ${ditto} with F4 and a code found, ${sticky} with a value kept, too`);
});

// By the Tab key, until that is where one is.
async function tab_to(target, press) {
  for (let stops = 0; !(await target.evaluate((one) => one === document.activeElement)); ++stops) {
    assert.ok(stops < 100, "the Tab key does not come there");
    await press("Tab");
  }
}

scenario("a record is checked and settled by keyboard alone", { of: "jia" }, async ({ page }) => {
  const [number] = await add_tasks("enterprise", ["HD-3"], 60);
  await take(page, number);
  await fill(page, enterprise(3));
  await save(page);
  await is_saved(page);

  await as("yi", async ({ page }) => {
    const { type, press } = keyboard_of(page);
    await page.goto("/entry");
    await tab_to(page.getByRole("button", { name: "Check the next" }), press);
    await press("Enter");
    await page.waitForURL(`**/entry/${number}**`);
    const seen = page.locator('[name="confirm.name"]');
    const at_first_stop = () => until("the first stop has the focus", async () => (await focused_column(page)) === await seen.getAttribute("id"));
    await at_first_stop();
    await press("Control+Enter");
    await page.getByRole("alert").waitFor();
    await at_first_stop(); // it is wrong there
    await press("Space");
    assert.ok(await seen.isChecked());
    await press("Space");
    assert.ok(!(await seen.isChecked()), "and back");
    await press("Space", "Enter");
    assert.equal(await focused_column(page), "name", "where one says it otherwise");
    await press("Enter");
    assert.equal(await focused_column(page), "capital");
    await type("200万元");
    await press("Enter");
    assert.equal(await focused_column(page), "save", "behind the last field");
    await press("Enter");
    await is_saved(page);
  });

  await as("bing", async ({ page }) => {
    const { type, press } = keyboard_of(page);
    await page.goto("/entry");
    await tab_to(page.getByRole("button", { name: "Review the next" }), press);
    await press("Enter");
    await page.waitForURL(`**/entry/${number}**`);
    const focused = () => page.evaluate(() => `${document.activeElement.name} ${document.activeElement.value}`);
    const picked = () => page.locator('[name="choice.capital"]:checked').getAttribute("value");
    await until("the first choice has the focus", async () => (await focused()) === "choice.capital first");
    assert.equal(await page.locator("[type=radio]:checked").count(), 0, "nothing is chosen for anybody");
    await press("Space");
    assert.equal(await picked(), "first");
    await press("ArrowDown");
    assert.equal(await picked(), "second");
    await press("ArrowDown");
    assert.equal(await picked(), "other");
    await press("Enter");
    assert.equal(await focused_column(page), "capital", "where the third value is typed");
    await type("300万元");
    await press("Enter");
    assert.equal(await focused_column(page), "save");
    await press("Enter");
    await is_saved(page);
  });
  assert.equal((await in_store("enterprise", credit_code(3)))[3], "3000000");
});

// What is told of a field from elsewhere.
const known_of = async (page, column) => page.locator(`[id="${await box(page, column).getAttribute("id")}-known"]`).innerText();

scenario("what another bureau's register knows is there without a key pressed", { of: "jia" }, async ({ page }, test) => {
  await until("the register is in the central store", () => held("premises").length === 2);
  const [number] = await add_tasks("shop", ["P-1"], 40);
  await take(page, number);
  await page.locator('[data-column="number"]').focus();
  const { type, press, count } = keyboard_of(page);
  await type("P-1");
  await press("Enter");
  await type("老赵面馆");
  await press("Enter");
  await until("the street is there", async () => (await box(page, "street").inputValue()) === "知春路1号");
  assert.equal(await box(page, "opened").inputValue(), "2001-02-01");
  assert.match(await known_of(page, "street"), /^Known: 场所登记 \d{4}-\d\d-\d\d; may be changed$/);
  await type("4531 个人独资企业分支机构");
  await press("Enter", "Enter", "Enter");
  await type("12万元");
  await press("Control+Enter");
  await is_saved(page);
  assert.deepEqual(await in_store("shop", "P-1"), ["P-1", "老赵面馆", "4531", "知春路1号", "2001-02-01", "120000", "\\N"]);
  test.diagnostic(`keystrokes of a record: ${count()} with street and date known from a register, and the code typed in full`);
});

scenario("what is known gives way to what is typed, and follows its key", { of: "jia" }, async ({ page }) => {
  const [number] = await add_tasks("shop", ["P-2"], 40);
  await take(page, number);
  const key = async (text) => {
    await box(page, "number").fill(text);
    await box(page, "number").press("Enter");
  };
  const stands = (column, value) =>
    until(`${column} is ${value || "empty"}`, async () => (await box(page, column).inputValue()) === value);
  await box(page, "street").fill("手工录入");
  await key("P-1");
  await stands("opened", "2001-02-01");
  assert.equal(await box(page, "street").inputValue(), "手工录入");
  assert.match(await known_of(page, "street"), /^Known otherwise: 知春路1号/);
  // Another record's: what was filled in goes with it, what was typed stays.
  await key("P-2");
  await stands("opened", "2001-02-02");
  assert.equal(await box(page, "street").inputValue(), "手工录入");
  await key("nobody knows this one");
  await stands("opened", "");
  assert.equal(await known_of(page, "street"), "");
  await key("P-2");
  await stands("opened", "2001-02-02");
  await box(page, "opened").fill("2020-05-06");
  assert.match(await known_of(page, "opened"), /^Known otherwise: 2001-02-02/);
  // What was taken away is not brought back.
  await box(page, "opened").fill("");
  await box(page, "opened").press("Enter");
  await draft_kept(page);
  await page.reload();
  assert.equal(await box(page, "opened").inputValue(), "");
  assert.match(await known_of(page, "opened"), /^Known otherwise: 2001-02-02/);
  await box(page, "street").fill("");
  await key("P-1");
  await stands("street", "知春路1号");
});

scenario("what is known is there after a draft is kept, without a script", { of: "jia", javaScriptEnabled: false }, async ({ page }) => {
  const [number] = await add_tasks("shop", ["P-3"], 40);
  await take(page, number);
  await fill(page, { number: "P-2", name: "老钱面馆" });
  await page.getByRole("button", { name: "Keep as draft" }).click();
  await page.waitForURL(`**/entry/${number}?done=draft-kept`);
  assert.equal(await box(page, "street").inputValue(), "知春路2号");
  assert.match(await known_of(page, "street"), /^Known: 场所登记/);
  await page.locator("#save").click();
  await is_saved(page);
  assert.deepEqual(await in_store("shop", "P-2"), ["P-2", "老钱面馆", "\\N", "知春路2号", "2001-02-02", "\\N", "\\N"]);
});

scenario("a field is checked as one leaves it", { of: "jia" }, async ({ page }) => {
  const [number] = await add_tasks("enterprise", ["HD-2"]);
  await take(page, number);
  const right = credit_code(2);
  const wrong = right.slice(0, 17) + (right[17] === "0" ? "1" : "0");
  await box(page, "code").focus();
  await page.keyboard.type(wrong);
  await page.keyboard.press("Enter");
  await page.locator('[name="field.code"][aria-invalid="true"]').waitFor();
  assert.match(await told_of(page, "code"), new RegExp(`The check character is wrong: the first 17 ask for ${right[17]}`));
  assert.ok((await box(page, "code").getAttribute("aria-describedby")).split(" ").includes(`${await box(page, "code").getAttribute("id")}-told`));
  assert.equal(await box(page, "code").inputValue(), wrong, "what was typed");
  await box(page, "capital").focus();
  await page.keyboard.type("1,000 万元");
  await page.keyboard.press("Enter");
  await page.getByText("= 10,000,000.00").waitFor();
  await box(page, "code").fill(right);
  await page.keyboard.press("Enter");
  await page.locator('[name="field.code"]:not([aria-invalid])').waitFor();
  assert.match(await told_of(page, "code"), /check passed/);
});

// One stops typing: what is to happen a while later happens now.
const pause = (page) => page.clock.fastForward(2000);
const draft_kept = (page) => page.locator("#draft").waitFor();
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

// How the central store writes a value; of COPY's text.
const copied = (text) => text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll("\t", "\\t");

scenario("hostile text comes out as it went in", { of: "jia" }, async ({ page }) => {
  const [number] = await add_tasks("shop", ["<b>不是标签</b>&{{node}}"]);
  await take(page, number);
  await page.getByText("<b>不是标签</b>&{{node}}").waitFor();
  const text = `${gateway.hostile}\\N\\t&amp;%00 𠮷㼆`;
  const typed = { number: `X ${text}`, name: text, street: `'; DROP TABLE task; --${text}`, remark: `\n${text}\n=1+1\n</textarea>` };
  await fill(page, { ...typed, type: text, rent: text });
  await save(page);
  await page.getByRole("alert").waitFor();
  for (const [column, value] of Object.entries({ ...typed, type: text, rent: text })) {
    assert.equal(await box(page, column).inputValue(), value, column);
  }
  assert.equal(await page.locator("main img, main script:not([src])").count(), 0);
  assert.match(await page.title(), /node/);
  await fill(page, { type: "", rent: "" });
  await save(page);
  await is_saved(page);
  const record = await in_store("shop", copied(typed.number));
  assert.deepEqual(record, [typed.number, typed.name, "\\N", typed.street, "\\N", "\\N", typed.remark].map((one) => (one === "\\N" ? one : copied(one))));
  await page.goto(`/tasks/${number}`);
  await page.getByText("<b>不是标签</b>&{{node}}").waitFor();
});

// A task of each kind, in the hands of who works on it; once for both languages.
let laid_out;
async function lay_out() {
  const [first, second, differing] = await add_tasks("enterprise", ["首录", "复核", "审核"], -50);
  await as("jia", async ({ page }) => {
    for (const [at, number] of [second, differing].entries()) {
      await take(page, number);
      await fill(page, enterprise(10 + at));
      await save(page);
      await is_saved(page);
    }
    await take(page, first);
  });
  await as("yi", async ({ page }) => {
    await take(page, differing);
    await box(page, "name").fill("智心科技");
    await fill(page, { capital: "100万美元" });
    await save(page);
    await page.getByRole("alert").waitFor(); // 人民币 only
    await fill(page, { capital: "100万元" });
    await save(page);
    await is_saved(page);
    await take(page, second);
  });
  await as("bing", ({ page }) => take(page, differing));
  return { first, second, differing };
}

for (const language of Object.keys(languages)) {
  scenario(`every page of manual entry is for everybody and fits its window: ${language}`, { of: "jia", language }, async ({ page }) => {
    const { first, second, differing } = await (laid_out ??= lay_out());
    const look = async (page, name, path) => {
      if (path) await page.goto(path);
      assert.equal(await page.locator("html").getAttribute("lang"), languages[language]);
      await examine(page, name, language);
    };
    await look(page, "entry-queue", "/entry");
    await look(page, "entry-sheet", "/entry/sheet?bureau=industry&dataset=enterprise");
    await page.locator("#file").setInputFiles({ name: "x.csv", mimeType: "text/csv", buffer: Buffer.from("no sheet\n") });
    await page.locator('form[enctype="multipart/form-data"] button').click();
    await page.getByRole("alert").waitFor();
    await look(page, "entry-sheet-refused");
    await look(page, "entry-first", `/entry/${first}`);
    await fill(page, { code: "91110108", capital: "一千", founded: "2026-11-29" });
    await box(page, "type").fill("查无此类型");
    await save(page);
    await page.getByRole("alert").waitFor();
    await look(page, "entry-first-wrong");
    await as("yi", async ({ page }) => {
      await page.goto(`/entry/${second}`);
      await save(page);
      await page.getByRole("alert").waitFor();
      await look(page, "entry-second-wrong");
    }, { language });
    await as("bing", async ({ page }) => {
      await page.goto(`/entry/${differing}`);
      await save(page);
      await page.getByRole("alert").waitFor();
      await look(page, "entry-review-open");
    }, { language });
    await as("ding", async ({ page }) => {
      await look(page, "entry-task", `/tasks/${differing}`);
      await look(page, "supervision", "/supervision");
      await look(page, "entry-paper", "/entry/paper/industry/enterprise");
    }, { language });
  });
}

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

// At the end, since it buries what others look for.
scenario("ten thousand tasks of a sheet are counted, and turned over", { of: "jia" }, async ({ page }, test) => {
  const many = 10_000;
  const sheet = `${gateway.node}/ten-thousand.csv`;
  const titles = Array.from({ length: many }, (_, i) => `海淀登〔2026〕${i + 1}号`);
  writeFileSync(sheet, `title,priority\n${titles.map((title) => `${title},-1`).join("\n")}\n`);
  const began = Date.now();
  const { added } = JSON.parse(sluice("task", "import", "industry", "shop", sheet, "--json"));
  assert.equal(added.length, many);
  const imported = Date.now();
  const look = async (page, name) => {
    if (gateway.looks) await page.screenshot({ path: `${gateway.screenshots}/${name}.png`, fullPage: true });
  };
  const count_in = (text) => Number(/\d[\d,]*/.exec(text)[0].replaceAll(",", ""));
  // The queue has the first ones only, and says how many wait.
  await page.goto("/entry");
  assert.ok(count_in(await page.locator("button.take", { hasText: "Key or deliver the next" }).innerText()) >= many);
  const listed = await page.locator("tbody .id").count();
  assert.ok(listed > 0 && listed <= 100, `${listed} tasks are listed`);
  await look(page, "entry-queue-ten-thousand");
  await as("ding", async ({ page }) => {
    const shown = () => page.locator("tbody .mid .id").allInnerTexts();
    await page.goto("/supervision?list=open");
    const open = page.locator("table.depth tbody tr").filter({ hasText: "to be keyed" }).locator("td").first();
    assert.ok(count_in(await open.innerText()) >= many);
    const first = await shown();
    await page.getByRole("link", { name: "Next" }).click();
    await page.waitForURL("**after=**");
    const second = await shown();
    assert.equal(second.length, first.length, "a whole page");
    assert.ok(!second.some((one) => first.includes(one)), "no task stands on both");
    await look(page, "supervision-ten-thousand");
    await page.getByRole("link", { name: "Previous" }).click();
    await page.waitForURL((url) => !url.searchParams.has("after"));
    assert.deepEqual(await shown(), first);
  });
  test.diagnostic(`imported in ${imported - began} ms, looked at in ${Date.now() - imported} ms`);
});

// Records as people key them, by mouse and by keyboard: keyed, checked and settled, and in the central
// store as they were typed; and what is told of a field meanwhile.
import assert from "node:assert/strict";
import {
  add_tasks, as, box, credit_code, draft_kept, enterprise, fill, focused_column, in_store, is_saved, path_of, record_of, save, take,
} from "./desk.js";
import { gateway, held } from "./gateway.js";
import { scenario, until } from "./scenarios.js";

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

// What is told under a field.
const told_of = async (page, column) => page.locator(`[id="${await box(page, column).getAttribute("id")}-told"]`).innerText();

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

// The pages of manual entry for everybody: in both languages, at each window, and with a queue of ten
// thousand tasks.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { add_tasks, as, box, enterprise, fill, is_saved, save, take } from "./desk.js";
import { examine, languages } from "./examination.js";
import { gateway, sluice } from "./gateway.js";
import { scenario } from "./scenarios.js";

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
  // To the second page of the list, and back to the first.
  const turn = async (page) => {
    const shown = () => page.locator('section[aria-labelledby="tasks-title"] .mid .id').allInnerTexts();
    const first = await shown();
    await page.getByRole("link", { name: "Next" }).click();
    await page.waitForURL("**after=**");
    const second = await shown();
    assert.equal(second.length, first.length, "a whole page");
    assert.ok(!second.some((one) => first.includes(one)), "no task stands on both");
    await page.getByRole("link", { name: "Previous" }).click();
    await page.waitForURL("**before=**");
    assert.deepEqual(await shown(), first);
  };
  // The queue has the first ones only, and says how many wait.
  await page.goto("/entry");
  assert.ok(count_in(await page.locator("button.take", { hasText: "Key or deliver the next" }).innerText()) >= many);
  const listed = await page.locator("tbody .id").count();
  assert.ok(listed > 0 && listed <= 100, `${listed} tasks are listed`);
  await look(page, "entry-queue-ten-thousand");
  await page.getByRole("link", { name: /^to be keyed or delivered · all / }).click();
  await page.waitForURL("**work=key**");
  await look(page, "entry-queue-whole");
  await turn(page);
  await as("ding", async ({ page }) => {
    await page.goto("/supervision?list=open");
    const open = page.locator("table.depth tbody tr").filter({ hasText: "to be keyed" }).locator("td").first();
    assert.ok(count_in(await open.innerText()) >= many);
    await look(page, "supervision-ten-thousand");
    await turn(page);
  });
  test.diagnostic(`imported in ${imported - began} ms, looked at in ${Date.now() - imported} ms`);
});

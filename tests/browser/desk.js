// The desk of manual entry as the tests use it: tasks that a supervisor adds, what people key of them
// at browsers of their own, and what becomes of it in the central store.
import assert from "node:assert/strict";
import { field, open_window_of } from "./browser.js";
import { held } from "./gateway.js";
import { until } from "./scenarios.js";

export const path_of = (page) => new URL(page.url()).pathname;
export const box = (page, column) => page.locator(`[name="field.${column}"]`);
export const focused_column = (page) => page.evaluate(() => document.activeElement.dataset.column ?? document.activeElement.id);
export const is_saved = (page) => page.waitForURL(({ search }) => /^\?done=(keyed|settled)/.test(search));
// By its key: what is told of a field that is left moves the button, perhaps just before it is hit.
export const save = (page) => page.locator("#save").press("Enter");

// An enterprise's code whose check character is right; GB 32100.
export function credit_code(number) {
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
export async function add_tasks(dataset, titles, priority = 0) {
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
export async function take(page, number) {
  await page.goto("/entry");
  // Whoever saves a task holds the next one.
  const held = page.locator(`main a[href="/entry/${number}"]`);
  await page.getByRole("button", { name: new RegExp(`\\D${number}$`) }).or(held).first().click();
  await page.waitForURL(`**/entry/${number}`);
}

export async function fill(page, values) {
  for (const [column, value] of Object.entries(values)) await box(page, column).fill(value);
}

// Somebody else at a browser of their own, in the middle of a test.
export async function as(name, body, options = {}) {
  const window = await open_window_of(name, options);
  try {
    const result = await body(window);
    assert.deepEqual(window.complaints, [], `what ${name}'s browser complains of`);
    return result;
  } finally {
    await window.close();
  }
}

export const record_of = (dataset, key) => held(dataset).filter(([first]) => first === key);
export const in_store = async (dataset, key) => {
  await until(`${key} is in the central store`, () => record_of(dataset, key).length > 0);
  assert.equal(record_of(dataset, key).length, 1, "one record");
  return record_of(dataset, key)[0];
};

export const enterprise = (number) => ({ code: credit_code(number), name: "智芯科技", capital: "1,000 万元", founded: "2026-11-29" });
export const draft_kept = (page) => page.locator("#draft").waitFor();

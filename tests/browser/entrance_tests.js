// Coming in and going, by mouse and by keyboard.
import assert from "node:assert/strict";
import { change_password, field, first_password, new_password, password_of, sign_in, submit } from "./browser.js";
import { scenario } from "./scenarios.js";

const path_of = (page) => new URL(page.url()).pathname;
// What has the focus, in short: its id, its text or its name.
const focused = (page) =>
  page.evaluate(() => {
    const one = document.activeElement;
    return one.id || one.getAttribute("name") || one.textContent.trim() || one.tagName;
  });

scenario("a first sign-in leads over a new password to the overview", {}, async ({ page }) => {
  await page.goto("/runs");
  assert.equal(path_of(page), "/sign-in", "a page that one must sign in for");
  await sign_in(page, "wang");
  assert.equal(path_of(page), "/password");
  await page.getByText("You signed in with a first password").waitFor();

  await field(page, "current").fill(first_password("wang"));
  await field(page, "new").fill("short");
  await field(page, "again").fill("short");
  await submit(page);
  const is_new = page.locator('[name="new"][aria-invalid="true"]');
  await is_new.waitFor();
  const about = (await is_new.getAttribute("aria-describedby")).split(" ");
  assert.deepEqual(about, ["rules", "new-error"]);
  assert.ok(await page.locator("#new-error").isVisible());

  await change_password(page, "wang");
  assert.equal(await page.getByRole("status").innerText(), "Your password is changed.");
  assert.equal(await page.getByRole("heading", { level: 1 }).count(), 1);
});

scenario("by keyboard alone one comes in, sets a password and reaches what a page is about", {}, async ({ page }) => {
  const press = (key) => page.keyboard.press(key);
  await page.goto("/sign-in");
  assert.equal(await focused(page), "name", "where one begins to type");
  await page.keyboard.type("li");
  await press("Tab");
  assert.equal(await focused(page), "password");
  await page.keyboard.type(password_of("li"));
  await press("Enter");
  await page.waitForURL("**/password");

  await press("Tab");
  assert.equal(await focused(page), "Skip to the content");
  await press("Enter");
  assert.equal(await focused(page), "main");
  await press("Tab");
  assert.equal(await focused(page), "current", "behind the skip link");
  await page.keyboard.type(password_of("li"));
  await press("Tab");
  await page.keyboard.type(new_password("li"));
  await press("Tab");
  await page.keyboard.type(password_of("li"));
  await press("Enter");
  await page.waitForURL("**/?done=password-changed");

  const stops = [];
  for (let i = 0; i < 9; ++i) {
    await press("Tab");
    stops.push(await focused(page));
  }
  assert.deepEqual(stops, ["Skip to the content", "node", "Overview", "Quarantine", "Runs", "Reconciliation", "中文",
    "李建国 Administrator", "Sign out"]);
});

scenario("a wrong password is told at the fields, and the name is kept", {}, async ({ page }) => {
  await page.goto("/sign-in");
  await field(page, "name").fill("wang");
  await field(page, "password").fill("not the one");
  await submit(page);
  const alert = page.getByRole("alert");
  await alert.waitFor();
  assert.equal(await alert.innerText(), "The name or the password is wrong.");
  assert.equal(await field(page, "name").inputValue(), "wang");
  assert.equal(await field(page, "password").inputValue(), "");
  for (const name of ["name", "password"]) {
    assert.equal(await field(page, name).getAttribute("aria-invalid"), "true", name);
    assert.equal(await field(page, name).getAttribute("aria-describedby"), await alert.getAttribute("id"), name);
  }
  assert.equal(await focused(page), "password", "where one begins to type");
});

scenario("another language is the same page", { of: "wang" }, async ({ page }) => {
  const path = "/quarantine/park?dataset=approval&rule=minimum&state=waiting";
  await page.goto(path);
  const rows = await page.locator("tbody tr").count();
  await page.getByRole("link", { name: "中文" }).click();
  await page.locator('html[lang="zh-CN"]').waitFor();
  assert.ok(page.url().endsWith(path), page.url());
  assert.equal(await page.locator("tbody tr").count(), rows);
  await page.reload();
  assert.equal(await page.locator("html").getAttribute("lang"), "zh-CN", "and stays");
  await page.getByRole("link", { name: "English" }).click();
  await page.locator('html[lang="en"]').waitFor();
});

scenario("who signs out is out, also by the way back", { settled: "li" }, async ({ page }) => {
  await page.goto("/quarantine");
  await sign_in(page, "li");
  assert.equal(path_of(page), "/quarantine", "where one wanted to go");
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByText("You are signed out.").waitFor();
  await page.goBack();
  await page.waitForURL("**/sign-in?**");
  assert.equal(await page.locator("nav").count(), 0);
});

scenario("without JavaScript one comes in, filters, and goes from page to page", { settled: "li", javaScriptEnabled: false }, async ({ page }) => {
  await page.goto("/sign-in");
  await sign_in(page, "li");
  assert.equal(path_of(page), "/");
  await page.locator("#quarantine-of-park").click();
  await page.getByLabel("Reason").selectOption("encoding");
  await page.getByRole("button", { name: "Filter" }).click();
  await page.waitForURL("**rule=encoding**");
  assert.equal(await page.locator("tbody tr").count(), 1);
  await page.locator("tbody a").first().click();
  await page.getByRole("heading", { name: "Its bytes (not text)" }).waitFor();
});

scenario("on paper there is no navigation, and the moment of printing", { of: "wang" }, async ({ page }) => {
  for (const path of ["/", "/quarantine/park", "/runs"]) {
    await page.goto(path);
    await page.emulateMedia({ media: "print" });
    for (const hidden of ["header nav", ".who", ".skip", "form", ".fresh"]) {
      for (const one of await page.locator(hidden).all()) assert.ok(!(await one.isVisible()), `${path}: ${hidden}`);
    }
    assert.ok(await page.locator("#made").isVisible(), path);
    assert.ok(await page.locator("table").first().isVisible(), path);
    await page.emulateMedia({ media: "screen" });
  }
});

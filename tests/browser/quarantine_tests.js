// Refused rows: corrected, discarded, and shown whatever they are.
import assert from "node:assert/strict";
import { scenario, until } from "./scenarios.js";
import { gateway, held, lines_of_json, refused_row, sluice } from "./gateway.js";

const link_to = (page, id) => page.locator(`tbody a[href="/quarantine/park/${id}"]`);
const corrected = (page) => page.getByLabel("The corrected row");

scenario("a row that is corrected is on its way again, and the center has it", { of: "wang" }, async ({ page }) => {
  const id = refused_row("to-be-corrected");
  await page.goto("/quarantine/park?dataset=approval&state=waiting");
  await link_to(page, id).click();
  const original = await corrected(page).inputValue();
  await corrected(page).fill(original.replace("-5", "-4"));
  await page.getByRole("button", { name: "Replay as corrected" }).click();
  await page.locator('#corrected[aria-invalid="true"]').waitFor();
  assert.ok((await corrected(page).getAttribute("aria-describedby")).split(" ").includes("replay-error"));
  assert.match(await page.locator("#replay-error").innerText(), /capital/);
  assert.equal(await corrected(page).inputValue(), original.replace("-5", "-4"), "what was typed");

  await corrected(page).fill(original.replace("-5", "5"));
  await page.getByRole("button", { name: "Replay as corrected" }).click();
  await page.getByText("Replayed: the row is on its way again.").waitFor();
  assert.equal(await link_to(page, id).count(), 0, "it is in the list yet");
  const arrived = () => held("approval").find(([number]) => number === "to-be-corrected");
  await until("the record is in the central store", arrived);
  assert.deepEqual(arrived(), ["to-be-corrected", "联想", "5"]);
});

scenario("a row of a file is corrected in its own format", { of: "wang" }, async ({ page }) => {
  await page.goto(`/quarantine/park/${refused_row("B32")}`);
  assert.equal(await page.locator("tr.fault td").innerText(), "五百万");
  await corrected(page).fill((await corrected(page).inputValue()).replace("五百万", "5000000"));
  await page.getByRole("button", { name: "Replay as corrected" }).click();
  await page.getByText("Replayed: the row is on its way again.").waitFor();
  await until("the record is in the central store", () =>
    held("register").some((record) => record.join() === "B32,不是数字,5000000"));
});

scenario("a row is discarded with a reason only", { of: "wang" }, async ({ page }) => {
  const id = refused_row("to-be-discarded");
  await page.goto(`/quarantine/park/${id}`);
  const reason = page.getByLabel("Reason");
  const discard = page.getByRole("button", { name: "Discard" });
  await discard.click();
  assert.ok(await reason.evaluate((one) => one.matches(":invalid") && one === document.activeElement), "the browser asks for it");
  await reason.fill("  ");
  await discard.click();
  await page.locator('#reason[aria-invalid="true"]').waitFor();
  assert.equal(await page.locator("#discard-error").innerText(), "Say why.");
  await reason.fill("与 2026 年第 12 号来函重复");
  await discard.click();
  await page.getByText("Discarded. The row and the reason are kept.").waitFor();
  assert.equal(await link_to(page, id).count(), 0, "it is in the list yet");
  await page.getByLabel("State").selectOption("discarded");
  await page.getByRole("button", { name: "Filter" }).click();
  await link_to(page, id).click();
  const what_became = page.getByRole("region", { name: "What became of it" });
  assert.match(await what_became.innerText(), /wang[^]*与 2026 年第 12 号来函重复/);
  assert.equal(await page.locator("main form").count(), 0, "it can not be settled twice");
  const audited = lines_of_json(sluice("audit", "log")).filter(({ event }) => event === "quarantine-discarded");
  assert.equal(audited.length, 1);
});

scenario("hostile text is shown as text", { of: "wang" }, async ({ page }) => {
  for (const piece of ['"hostile"', "B33"]) {
    await page.goto(`/quarantine/park/${refused_row(piece)}`);
    const shown = await page.locator(".cells").innerText();
    assert.ok(shown.includes(gateway.hostile.replaceAll("\u202e", "‹U+202E›").replaceAll("\u200d", "‹U+200D›")), shown);
    assert.match(await page.title(), /^Quarantined row \d+ · node · Sluice$/);
    assert.equal(await page.locator("main img, main script").count(), 0);
    // Only the field that is sent back has the row as it is.
    const text = await page.locator("main").evaluate((main) => {
      for (const field of main.querySelectorAll("textarea")) field.remove();
      return main.textContent;
    });
    assert.doesNotMatch(text, /\u202e|\u200d/);
  }
  await page.goto("/");
  await page.getByText("<b>质量技术监督局</b>").first().waitFor();
  await page.goto(`/quarantine/park?rule=${encodeURIComponent(gateway.hostile)}&state=waiting`);
  assert.equal(await page.locator("main img, main script").count(), 0);
});

scenario("a long list is turned over, and back", { of: "wang" }, async ({ page }) => {
  const all = lines_of_json(sluice("quarantine", "list", "park", "--json")).map(({ id }) => String(id));
  await page.goto("/quarantine/park");
  const first = await page.locator("tbody a").allInnerTexts();
  assert.deepEqual(first, all.slice(0, 100));
  await page.getByRole("link", { name: "Next" }).click();
  await page.waitForURL("**after=**");
  const second = await page.locator("tbody a").allInnerTexts();
  assert.deepEqual(second, all.slice(100));
  await page.getByRole("link", { name: "Previous" }).click();
  await page.waitForURL("**before=**");
  assert.deepEqual(await page.locator("tbody a").allInnerTexts(), first);
});

// Jobs are steered from their page.
import assert from "node:assert/strict";
import { scenario, until } from "./scenarios.js";
import { lines_of_json, sluice } from "./gateway.js";

const job = () => JSON.parse(sluice("jobs", "--json"))[0];
const runs = () => lines_of_json(sluice("jobs", "history", "levy", "--json")).filter(({ outcome }) => outcome !== "").length;

scenario("a job is paused, resumed and run", { of: "wang" }, async ({ page }) => {
  await page.goto("/runs");
  await page.getByRole("button", { name: "Pause 地税局" }).click();
  await page.getByText("Paused: a run under way goes on").waitFor();
  assert.equal(new URL(page.url()).pathname, "/runs/levy");
  assert.ok(await page.getByRole("button", { name: "Run now 地税局" }).isDisabled());
  assert.equal(job().state, "paused");
  await page.getByRole("button", { name: "Resume 地税局" }).click();
  await page.getByText("Resumed: runs begin as scheduled.").waitFor();
  assert.notEqual(job().state, "paused");

  const before = runs();
  await page.getByRole("button", { name: "Run now 地税局" }).click();
  await page.getByText("The run is asked for and begins soon.").waitFor();
  await until("the run has ended", () => runs() === before + 1);
  await page.goto("/runs/levy");
  assert.equal(await page.locator("tbody tr").count(), before + 1);
  assert.match(await page.locator("tbody tr").first().innerText(), /By hand/);
  const audited = lines_of_json(sluice("audit", "log")).filter(({ event }) => event === "jobs-steered");
  assert.deepEqual(audited.slice(-3).map(({ actor, order }) => `${actor}: ${order}`),
    ["account wang: pause", "account wang: resume", "account wang: run"]);
});

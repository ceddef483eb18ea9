// All tests, in one process and one browser, one after the other: they change what others look at.
import assert from "node:assert/strict";
import test from "node:test";
import { close_browser } from "./browser.js";
import { scenarios } from "./scenarios.js";
import "./entrance_tests.js";
import "./every_page_tests.js";
import "./overview_tests.js";
import "./quarantine_tests.js";
import "./runs_tests.js";
import "./outgoing_tests.js";
import "./kept_text_tests.js";
import "./keying_tests.js";
import "./draft_tests.js"; // kills the daemon
import "./entry_page_tests.js"; // the last: it buries what others look for

test("the pages in a browser", async (all) => {
  try {
    assert.ok(scenarios.length > 0, "no test is called so");
    for (const { name, run } of scenarios) await all.test(name, run);
  } finally {
    await close_browser();
  }
});

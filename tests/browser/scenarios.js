// Tests, each with a window of its own, in which nothing may be complained of at its end.
import assert from "node:assert/strict";
import { deadline_ms, first_password, open_window, open_window_of, password_of } from "./browser.js";
import { gateway } from "./gateway.js";

export const scenarios = [];

// scenario("what is the case", {of: WHO, …}, async (window) => …): where `of` is not said, nobody has
// signed in at the window. `settled`: whose first password has been changed before. The body is given
// the test, too, which takes notes.
export function scenario(name, { of, settled, ...options }, body) {
  if (!name.includes(gateway.only)) return;
  scenarios.push({
    name,
    async run(test) {
      if (settled && password_of(settled) === first_password(settled)) {
        await (await open_window_of(settled)).close();
      }
      const window = await (of ? open_window_of(of, options) : open_window(options));
      try {
        await body(window, test);
        assert.deepEqual(window.complaints, [], "what the browser complains of");
      } catch (failure) {
        const file = `${gateway.screenshots}/failed: ${name}.png`.replaceAll(" ", "-");
        await window.page.screenshot({ path: file, fullPage: true }).catch(() => {});
        throw new Error(`at ${window.page.url()} (${file}): ${failure.message}`, { cause: failure });
      } finally {
        await window.close();
      }
    },
  });
}

// Until a condition holds: for what happens in the node, where no event of the page tells of it.
export async function until(what, condition) {
  const end = Date.now() + deadline_ms;
  while (!(await condition())) {
    assert.ok(Date.now() < end, `waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

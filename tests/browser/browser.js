// One browser for all tests. Each test has a window of its own, which notes all that a person would see
// in the browser's console, and every request that leaves the node.
import { chromium } from "playwright-core";
import { gateway } from "./gateway.js";

const flags = [
  "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
  // Only the node's own key is taken without an authority. All else that may be wrong with TLS is told.
  `--ignore-certificate-errors-spki-list=${gateway.key}`,
];
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  chromiumSandbox: false, // root has none
  args: flags,
});
export const close_browser = () => browser.close();

export const locales = { zh: "zh-CN", en: "en-GB" };
// A deadline, not a delay: all waiting is for something to happen.
export const deadline_ms = 30_000;

const passwords = { ...gateway.first_passwords };
const cookies = {}; // of who has signed in, by name

function watch(page) {
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(`script: ${error.message}`));
  page.on("console", (message) => {
    // An answer that is a failure is told below, where it is known whether a person asked for it.
    if (message.text().startsWith("Failed to load resource")) return;
    if (["error", "warning"].includes(message.type())) complaints.push(`console: ${message.text()}`);
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(`${gateway.origin}/`)) complaints.push(`request to ${request.url()}`);
  });
  page.on("response", (response) => {
    const least = response.request().isNavigationRequest() ? 500 : 400;
    if (response.status() >= least) complaints.push(`${response.status()} ${response.url()}`);
  });
  page.on("requestfailed", (request) => {
    // Leaving a page, or taking a file from it, ends what it was asking for.
    if (request.failure().errorText !== "net::ERR_ABORTED") complaints.push(`${request.failure().errorText} ${request.url()}`);
  });
  return complaints;
}

// A window that nobody has signed in at: {page, complaints, close}. `language` is what the browser asks for.
export async function open_window({ language = "en", ...options } = {}) {
  const context = await browser.newContext({
    baseURL: gateway.origin,
    locale: locales[language],
    viewport: { width: 1280, height: 800 },
    reducedMotion: "reduce",
    ...options,
  });
  context.setDefaultTimeout(deadline_ms);
  const page = await context.newPage();
  return { context, page, complaints: watch(page), close: () => context.close() };
}

// A label is for a field of the form in the page, and a hidden one is not there.
export const field = (page, name) => page.locator(`main [name="${name}"]:not([type=hidden])`);
export const submit = (page) => page.locator("main button.main").click();

export const first_password = (name) => gateway.first_passwords[name];
export const password_of = (name) => passwords[name];

// On the sign-in page: until the next page is there.
export async function sign_in(page, name) {
  await field(page, "name").fill(name);
  await field(page, "password").fill(passwords[name]);
  await submit(page);
  await page.waitForURL((url) => url.pathname !== "/sign-in");
}

// On the page that asks for it.
export function new_password(name) {
  passwords[name] = `correct horse ${name}`;
  return passwords[name];
}
export async function change_password(page, name) {
  await field(page, "current").fill(passwords[name]);
  const chosen = new_password(name);
  await field(page, "new").fill(chosen);
  await field(page, "again").fill(chosen);
  await submit(page);
  await page.waitForURL((url) => url.pathname === "/");
}

// A window of somebody who has signed in, once for all windows of that name.
export async function open_window_of(name, options = {}) {
  const window = await open_window(options);
  if (cookies[name]) {
    await window.context.addCookies(cookies[name]);
    return window;
  }
  await window.page.goto("/sign-in");
  await sign_in(window.page, name);
  if (new URL(window.page.url()).pathname === "/password") await change_password(window.page, name);
  cookies[name] = (await window.context.cookies()).filter((cookie) => cookie.name.startsWith("__Host-"));
  return window;
}

// A crowd of clerks at browsers of their own: they key and check tasks over HTTP until all are done,
// through deaths of the node. Values follow from a task's number, so that whoever started it can tell
// what the store has to hold.
//
//   node clerks.js --clerks N --tasks M --authority ca.pem --port PORT --people FILE
//
// FILE has a line for each account, its name and first password; the first is a supervisor. A line on
// standard output, `kill`, asks for the node's death; the port that it serves on afterwards is read from
// standard input. The last line is a JSON object of what was done.
"use strict";
const assert = require("node:assert/strict");
const { readFileSync } = require("node:fs");
const https = require("node:https");
const { createInterface } = require("node:readline");
const { parseArgs } = require("node:util");
const { setTimeout: pause } = require("node:timers/promises");

const text = { type: "string" };
const { values: options } = parseArgs({
  options: { clerks: text, tasks: text, authority: text, port: text, people: text },
});
const tasks = Number(options.tasks);
const authority = readFileSync(options.authority);
const people = readFileSync(options.people, "utf8").trim().split("\n").map((line) => line.split(" "));
assert.equal(people.length, Number(options.clerks) + 1, "accounts");

// Where the node serves, and the wait for it while it is dead.
const node = { port: Number(options.port), deaths: 0, back: null, is_back: null };
const orders = createInterface({ input: process.stdin });
orders.on("line", (line) => {
  node.port = Number(line);
  node.is_back();
  node.back = null;
});
function ask_for_death() {
  node.deaths += 1;
  node.back = new Promise((resolve) => { node.is_back = resolve; });
  console.log("kill");
}

class NodeDied extends Error {}

// The 18 characters of a task's credit code, the last of which checks the others (GB 32100).
function credit_code(task) {
  const digits = "0123456789ABCDEFGHJKLMNPQRTUWXY";
  const first = `91110108${String(task).padStart(9, "0")}`;
  let sum = 0;
  for (let at = 0, weight = 1; at < first.length; at += 1, weight = (weight * 3) % 31) {
    sum += digits.indexOf(first[at]) * weight;
  }
  return first + digits[(31 - (sum % 31)) % 31];
}
const capital = (task) => String(1000 + task);

class Browser {
  constructor(name, password) {
    this.name = name;
    this.password = password;
    this.agent = new https.Agent({ keepAlive: true, maxSockets: 1, ca: authority });
    this.cookies = new Map();
    this.signed_in = 0;
  }

  once(path, form) {
    const body = form && new URLSearchParams(form).toString();
    const headers = { Cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ") };
    if (form) headers["Content-Type"] = "application/x-www-form-urlencoded";
    const request = { host: "localhost", port: node.port, path, agent: this.agent, headers, method: form ? "POST" : "GET" };
    return new Promise((resolve, reject) => {
      const sent = https.request(request, (answer) => {
        const parts = [];
        answer.on("data", (part) => parts.push(part)).on("error", reject);
        answer.on("end", () => resolve({ answer, page: Buffer.concat(parts).toString() }));
      });
      sent.on("error", reject);
      sent.end(body);
    });
  }

  // Shows a page. Throws NodeDied where the node's death cut it off, once the node is back.
  async visit(path, form) {
    const deaths = node.deaths;
    const { port, back } = node;
    let got;
    try {
      got = await this.once(path, form && { csrf: this.token, ...form });
    } catch (error) {
      // A connection that stayed from before a death fails later than it.
      if (!back && node.deaths === deaths && node.port === port) throw new Error(`${this.name} at ${path}: ${error}`);
      await node.back;
      throw new NodeDied();
    }
    for (const line of got.answer.headers["set-cookie"] ?? []) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      if (value) this.cookies.set(name, value);
      else this.cookies.delete(name);
    }
    this.path = path;
    this.code = got.answer.statusCode;
    this.page = got.page;
    this.location = got.answer.headers.location ?? "";
    this.token = /name="csrf" value="([^"]*)"/.exec(got.page)?.[1] ?? this.token;
    if (this.location.startsWith("/sign-in") && path !== "/sign-in") {
      await this.sign_in();
      return this.visit(path, form);
    }
    return this;
  }

  expect(code, what) {
    if (this.code !== code) throw new Error(`${this.name}: ${what}: ${this.code} at ${this.path} ${this.location}\n${this.page.replace(/<[^>]*>|\s+/g, " ")}`);
  }

  // A form with a password. Few are checked at once; the others are told to try again.
  async send_password(path, form) {
    await this.visit(path, form);
    while (this.code === 503) {
      await pause(100);
      await this.visit(path, form);
    }
    this.expect(303, "a password");
  }

  async sign_in() {
    this.signed_in += 1;
    await this.visit("/sign-in");
    await this.send_password("/sign-in", { name: this.name, password: this.password });
    await this.visit("/");
  }

  async come_in() {
    const first = this.password;
    await this.sign_in();
    assert.equal(this.location, "/password", this.name);
    await this.visit("/password");
    this.password = `correct horse ${this.name}`;
    await this.send_password("/password", { current: first, new: this.password, again: this.password });
    await this.visit("/entry");
    seen.last = Date.now();
  }
}

const seen = { done: new Set(), added: 0, last: Date.now() };
const is_over = () => seen.done.size === tasks;

// A deadline: who waits for what never comes would wait for ever.
const longest_wait = 120_000;
function watch() {
  if (Date.now() - seen.last < longest_wait) return;
  console.error(`nothing was done for ${longest_wait / 1000} s, and ${tasks - seen.done.size} tasks are left`);
  process.exit(1);
}

async function add_tasks(supervisor, most) {
  await supervisor.visit("/supervision");
  for (; seen.added < most; seen.added += 1) {
    await supervisor.visit("/supervision/tasks",
      { bureau: "industry", dataset: "licence", title: `HD-${seen.added + 1}`, priority: "0", due: "" });
    supervisor.expect(303, "a task added");
  }
  let_it_die();
}

// The second half comes after the first death: so keying and checking go on side by side.
const added_by = [Math.ceil(tasks / 2), tasks];

// The node dies when a third of the tasks are done, and when two thirds are; not while tasks are added,
// of which nobody could say afterwards whether they were.
function let_it_die() {
  const is_due = seen.added === added_by[node.deaths] && seen.done.size * 3 >= tasks * (node.deaths + 1);
  if (is_due && !node.back) ask_for_death();
}

function note_done(task) {
  seen.done.add(task);
  seen.last = Date.now();
  let_it_die();
}

// Both people's part of it: its record is in the journal, or will be when one looks at the queue.
const is_said_done = /<span class="state [^"]*">(已完成|正在入库)</;

// A save that no answer came to: the task tells whether it is done.
async function look_after(browser, task) {
  try {
    await browser.visit(`/tasks/${task}`);
    browser.expect(200, "the task");
    if (is_said_done.test(browser.page)) note_done(task);
  } catch (error) {
    if (!(error instanceof NodeDied)) throw error;
    await look_after(browser, task);
  }
}

// The desk that the browser is sent to, and then the next one, as long as there is one.
async function work_at_desks(browser) {
  while (/^\/entry\/\d+/.test(browser.location)) {
    await browser.visit(browser.location);
    browser.expect(200, "the desk");
    const task = Number(/data-task="(\d+)"/.exec(browser.page)[1]);
    const form = { version: /name="version" value="([^"]*)"/.exec(browser.page)[1], "field.capital": capital(task) };
    const is_second = browser.page.includes("confirm.name");
    if (is_second) form["confirm.name"] = "yes";
    else Object.assign(form, { "field.code": credit_code(task), "field.name": `企业 ${task}` });
    try {
      await browser.visit(`/entry/${task}/save`, form);
    } catch (error) {
      if (error instanceof NodeDied && is_second) await look_after(browser, task);
      throw error;
    }
    browser.expect(303, "saved");
    if (is_second) note_done(task);
  }
}

async function be_a_clerk(browser, number) {
  const kinds = number % 2 ? ["key", "check"] : ["check", "key"];
  while (!is_over()) {
    try {
      let had_one = false;
      for (const work of kinds) {
        await browser.visit("/entry/next", { work, bureau: "industry" });
        browser.expect(303, "the next task");
        had_one ||= /^\/entry\/\d+/.test(browser.location);
        await work_at_desks(browser);
        await browser.visit(browser.location); // the queue, which the last form sends a browser to
        browser.expect(200, "the queue");
      }
      if (!had_one && !is_over()) await pause(200); // until others have keyed something
    } catch (error) {
      if (!(error instanceof NodeDied)) throw error;
    }
  }
}

async function main() {
  const [supervisor, ...clerks] = people.map(([name, password]) => new Browser(name, password));
  const arriving = Date.now();
  setInterval(watch, 1000);
  await Promise.all([supervisor, ...clerks].map((browser) => browser.come_in()));
  await add_tasks(supervisor, added_by[0]);
  const begun = Date.now();
  const rest = (async () => {
    while (node.deaths === 0) await pause(20);
    await node.back;
    await add_tasks(supervisor, tasks);
  })();
  await Promise.all([rest, ...clerks.map(be_a_clerk)]);
  const seconds = (Date.now() - begun) / 1000;
  console.log(JSON.stringify({
    clerks: clerks.length, done: seen.done.size, deaths: node.deaths, seconds,
    rate: Math.round((tasks / seconds) * 10) / 10, arrival: (begun - arriving) / 1000,
    sign_ins: clerks.reduce((sum, clerk) => sum + clerk.signed_in, 0),
  }));
}

main().then(() => process.exit(0), (error) => {
  console.error(error);
  process.exit(1);
});

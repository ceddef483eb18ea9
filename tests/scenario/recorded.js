// One of two nodes, as an earlier version was: what its edge and its center said to each other was
// recorded (tests/fixtures/recorder.js), and is said again to a node of the present version, whose part
// of the talk is judged by what that earlier version reads.
//
//   node recorded.js edge   --pki DIR --wire FILE --port PORT   its requests, to the present center
//   node recorded.js center --pki DIR --wire FILE --port PORT   its answers, to the present edge; until SIGTERM
//
// Prints what did not fit, a line each, and ends with 1 if there was any.
"use strict";
const { createHash } = require("node:crypto");
const { readFileSync } = require("node:fs");
const https = require("node:https");
const { parseArgs } = require("node:util");

const text = { type: "string" };
const { values: options, positionals: [role] } = parseArgs({
  allowPositionals: true, options: { pki: text, wire: text, port: text },
});
const pem = (name) => readFileSync(`${options.pki}/${name}`);
const recorded = readFileSync(options.wire, "utf8").trim().split("\n").map((line) => JSON.parse(line));
const body_of = (said) => Buffer.from(said.body, "base64");

// What is signed is read strictly, so that a member more is as bad as one less (docs/link.md).
const members = {
  "sluice-batch/1": ["format", "bureau", "epoch", "sequence", "dataset", "schema", "mode", "upserts", "deletes",
    "payload", "payload_bytes", "payload_raw_bytes", "previous", "collected_at", "carries_case_numbers"],
  "sluice-receipt/2": ["format", "bureau", "epoch", "sequence", "dataset", "manifest", "outcome", "reason", "inserted",
    "updated", "unchanged", "deleted", "rejected", "at", "refused"],
  "sluice-deferral/1": ["format", "bureau", "epoch", "sequence", "manifest", "problem", "sentence", "at"],
  "sluice-quarantine/1": ["format", "as_of", "groups", "left_out"],
};
const may_be_missing = { "sluice-batch/1": ["follows"], "sluice-receipt/2": ["checkpoint"] };

let faults = 0;
function complain(where, what) {
  faults += 1;
  console.log(`${where}: ${what}`);
}

function check_strictly(where, object) {
  const known = members[object.format];
  if (known === undefined) return complain(where, `is of format ${object.format}, which that version does not read`);
  for (const name of known) if (!(name in object)) complain(where, `has no member ${name}`);
  const extra = Object.keys(object).filter((name) => !known.includes(name) && !(may_be_missing[object.format] ?? []).includes(name));
  if (extra.length > 0) complain(where, `has members that version does not know: ${extra}`);
}

// Every member that was there is there, and of the same kind; more may be.
function check_at_least(where, was, is) {
  for (const [name, value] of Object.entries(was)) {
    if (!(name in is)) complain(where, `has no member ${name}`);
    else if (typeof is[name] !== typeof value) complain(where, `${name} is of another kind`);
    else if (value !== null && typeof value === "object" && !Array.isArray(value)) check_at_least(`${where}, ${name}`, value, is[name]);
  }
}

// ---- the edge

const agent = new https.Agent({ keepAlive: true, maxSockets: 1, ca: pem("ca.pem"), cert: pem("edge.pem"), key: pem("edge.key") });

function ask(said) {
  const body = body_of(said);
  const headers = { ...said.headers, ...(body.length > 0 ? { "content-length": body.length } : {}) };
  return new Promise((resolve, reject) => {
    const request = https.request(
      { host: "localhost", port: Number(options.port), method: said.method, path: said.path, headers, agent },
      async (answer) => {
        const pieces = [];
        for await (const piece of answer) pieces.push(piece);
        resolve({ status: answer.statusCode, body: Buffer.concat(pieces).toString() });
      });
    request.on("error", reject);
    request.end(body);
  });
}

const what_came_of = ["bureau", "epoch", "sequence", "dataset", "manifest", "outcome", "inserted", "updated", "deleted", "rejected"];

function check_answer(where, was, is) {
  if (is.status !== was.status) return complain(where, `was answered ${was.status}, and is ${is.status}: ${is.body}`);
  const before = JSON.parse(body_of(was));
  const now = JSON.parse(is.body);
  if (!("receipt" in before)) return check_at_least(where, before, now);
  // That version reads nothing else there.
  if (Object.keys(now).sort().join() !== "receipt,signature") complain(where, `has the members ${Object.keys(now)}`);
  const receipt = JSON.parse(now.receipt);
  check_strictly(`${where}, its receipt`, receipt);
  const of_then = JSON.parse(before.receipt);
  for (const name of what_came_of) {
    if (receipt[name] !== of_then[name]) complain(where, `${name} was ${of_then[name]}, and is ${receipt[name]}`);
  }
}

async function be_the_edge() {
  for (const { request, answer } of recorded) {
    check_answer(`${request.method} ${request.path}`, answer, await ask(request));
  }
  agent.destroy();
}

// ---- the center

const key_of = (said) => `${said.method} ${said.path}`;
const answers = new Map(recorded.map(({ request, answer }) => [key_of(request), answer]));
const requests = new Map(recorded.map(({ request }) => [key_of(request), request]));
const heads = new Map(); // of a stream's path: the last batch that came

// The first entry of a tar.
function manifest_in(tar) {
  const size = parseInt(tar.toString("latin1", 124, 135), 8);
  return tar.subarray(512, 512 + size);
}

function take_batch(where, said, body) {
  const manifest = manifest_in(body);
  check_strictly(`${where}, its manifest`, JSON.parse(manifest));
  const was = requests.get(where);
  if (was === undefined) return;
  if (!body_of(was).equals(body)) complain(where, "the batch is not byte for byte the one that was sealed then");
  const stream = said.path.replace(/\/batches\/.*/, "");
  heads.set(stream, { sequence: JSON.parse(manifest).sequence, manifest: "sha256:" + createHash("sha256").update(manifest).digest("hex") });
}

function standing(path, answer) {
  const object = JSON.parse(body_of(answer));
  const head = heads.get(path);
  if (head === undefined) return JSON.stringify(object);
  return JSON.stringify({ ...object, ...head, latest: { ...object.latest, sequence: head.sequence } });
}

function answer_to(said, body) {
  const where = key_of(said);
  const answer = answers.get(where);
  if (/\/batches\/\d+$/.test(said.path) && said.method === "PUT") {
    if (said.headers["content-type"] !== "application/x-tar") complain(where, `is of type ${said.headers["content-type"]}`);
    take_batch(where, said, body);
    // Only what was signed then can be answered.
    if (answer === undefined) return { status: 503, type: "application/problem+json", body: '{"type":"urn:sluice:problem:store-unavailable","detail":"away"}' };
  }
  if (/\/quarantine$/.test(said.path) && said.method === "PUT") check_strictly(where, JSON.parse(body));
  if (answer === undefined) {
    const is_known = /^GET \/v1\/(streams\/[^/]+\/\d+(\/batches\/\d+\/receipt)?|checkpoints\/.*)$|^POST \/v1\/datasets\/[^/]+\/(schema|digests)$/.test(where);
    if (!is_known) complain(where, "that version has no such call");
    return { status: 404, type: "application/problem+json", body: '{"type":"urn:sluice:problem:no-receipt","detail":"none"}' };
  }
  const is_standing = said.method === "GET" && /^\/v1\/streams\/[^/]+\/\d+$/.test(said.path);
  return { status: answer.status, type: answer.headers["content-type"], store: answer.headers["sluice-store"],
    body: is_standing ? standing(said.path, answer) : body_of(answer) };
}

function be_the_center() {
  const server = https.createServer(
    { ca: pem("ca.pem"), cert: pem("node.pem"), key: pem("node.key"), requestCert: true, rejectUnauthorized: true },
    async (request, response) => {
      const pieces = [];
      for await (const piece of request) pieces.push(piece);
      const answer = answer_to({ method: request.method, path: request.url, headers: request.headers }, Buffer.concat(pieces));
      response.writeHead(answer.status, { "content-type": answer.type, ...(answer.store ? { "sluice-store": answer.store } : {}) });
      response.end(answer.body);
    });
  server.listen(Number(options.port), "127.0.0.1");
  process.on("SIGTERM", () => process.exit(faults > 0 ? 1 : 0));
}

if (role === "center") be_the_center();
else be_the_edge().then(() => process.exit(faults > 0 ? 1 : 0), (error) => { console.log(String(error)); process.exit(1); });

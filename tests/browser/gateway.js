// The running node that the tests look at, as run.sh has made it, and what an operator and a bureau do to it.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

const read = () => JSON.parse(readFileSync(process.env.SLUICE_BROWSER_TEST, "utf8"));
export const gateway = read();

export function sluice(...words) {
  const options = { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] };
  return execFileSync(`${gateway.bin}/sluice`, ["--config", `${gateway.node}/config`, ...words], options);
}

export const lines_of_json = (text) => text.split("\n").filter(Boolean).map((line) => JSON.parse(line));

// The refused row of park whose original bytes have this in them: its number.
export function refused_row(piece) {
  const rows = lines_of_json(sluice("quarantine", "export", "park", "--all"));
  const found = rows.find((row) => (row.original ?? "").includes(piece));
  if (!found) throw new Error(`no refused row of park has ${piece}`);
  return found.id;
}

// The records of a dataset: an array of fields each.
export const held = (dataset) =>
  sluice("dataset", "read", dataset).trim().split("\n").slice(1).map((line) => line.split("\t"));

// A delivery of licences to industry's clerks, of rows {operation, values}: the numbers of its tasks.
export function hand_over(name, rows) {
  const words = [`${gateway.node}/config`, "industry", "licence", name];
  const input = JSON.stringify(rows);
  const program = `${gateway.bin}/../tests/browser/hand_over`;
  return execFileSync(program, words, { encoding: "utf8", input, stdio: ["pipe", "pipe", "inherit"] })
    .trim().split("\n").map(Number);
}

// park calls the API with one approval.
export function post(approval) {
  execFileSync("curl", [
    "--silent", "--show-error", "--output", "/dev/null", "--cacert", `${gateway.pki}/ca.pem`,
    "--cert", `${gateway.pki}/park.pem`, "--key", `${gateway.pki}/park.key`,
    "--header", "Content-Type: application/x-ndjson", "--data-binary", JSON.stringify(approval),
    `${gateway.api}/v1/datasets/approval/records`,
  ]);
}

// As if nothing had been done in any of the account's sessions for a year.
export function let_sessions_lapse(account) {
  execFileSync("sqlite3", [
    "-cmd", ".timeout 60000", `${gateway.node}/state/people.sqlite`,
    `UPDATE session SET last_seen_at = last_seen_at - 31536000000 WHERE account = '${account}'`,
  ], { stdio: ["ignore", "ignore", "inherit"] });
}

// The daemon is killed, and another one started in its place, at another port: run.sh does it.
export async function kill_and_restart() {
  process.kill(process.ppid, "SIGUSR1");
  const before = gateway.origin;
  while (gateway.origin === before) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    gateway.origin = read().origin;
  }
}

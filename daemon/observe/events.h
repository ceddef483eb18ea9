// Every event of the log, declared once. A call of the log compiles only for an event and keys that
// stand here, and docs/log-events.md is made from it: names, levels and keys are API. Pages of
// docs/ are named as `docs/PAGE.md`.
#pragma once

#include <algorithm>
#include <string_view>

#include "observe/event.h"

namespace sluice::observe {
namespace declarations {

using enum LogSettings::Level;

inline constexpr Event logger[] = {
    {.name = "log-lines-dropped",
     .level = warning,
     .keys = {"count"},
     .repeats = Repeats::told,
     .when = "lines could not be written, because nobody read them fast enough; logged as soon as "
             "there is room again",
     .remedy = "see to who reads the lines, or raise `log.level`"},
    {.name = "log-goes-elsewhere",
     .level = warning,
     .keys = {"target", "reason"},
     .repeats = Repeats::told,
     .when = "where `log.to` says (`target`) nobody takes lines: they go to standard error until "
             "somebody does",
     .remedy = "see to syslog or journald: it is tried again with each line"},
    {.name = "log-returns",
     .level = notice,
     .keys = {"target", "count"},
     .when = "`target` takes lines again; `count` of them went to standard error"},
};

inline constexpr Event http_server[] = {
    {.name = "certificate-refused",
     .level = warning,
     .keys = {"reason", "subject", "address"},
     .varying = {"address"},
     .when = "a client's certificate did not pass; the first of its kind in a minute. `reason` is "
             "that of `sluice_tls_refused_total` (docs/metrics.md)",
     .remedy = "`revocation-list-…`: put a current list in place and send SIGHUP; else the "
               "certificate is the client's to renew, if it is one of yours"},
    {.name = "tls-handshake-failed",
     .level = debug,
     .keys = {"address", "error"},
     .varying = {"address"},
     .repeats = Repeats::folded,
     .when = "no certificate is to blame: a port scan, a probe, a client without our TLS versions"},
    {.name = "request-refused",
     .level = info,
     .keys = {"reason", "status", "subject", "address"},
     .varying = {"address"},
     .repeats = Repeats::folded,
     .when =
         "the guard, a limit or the router refused a request; `reason` is the problem's name, as "
         "in `urn:sluice:problem:NAME`"},
    {.name = "handler-failed",
     .level = error,
     .keys = {"method", "route", "error"},
     .when = "a request was answered with 500",
     .remedy = "report it with the line; the daemon goes on"},
    {.name = "accept-failed",
     .level = warning,
     .keys = {"error"},
     .when = "no connection can be taken now: mostly, no file descriptors are left",
     .remedy = "it is tried again by itself; where too many files are open, raise the limit of "
               "`sluiced`"},
    {.name = "connection-failed",
     .level = error,
     .keys = {},
     .when = "a connection ended by an error of our own",
     .remedy = "report it with the lines around it; the other connections go on"},
};

inline constexpr Event node[] = {
    {.name = "ready",
     .level = notice,
     .keys = {"node", "version", "port", "control"},
     .when = "everything is open and served"},
    {.name = "store-not-verified",
     .level = warning,
     .keys = {"sslmode"},
     .when =
         "at the start: `store.connection` leaves this machine with an `sslmode` by which anybody "
         "on the way can be the central store",
     .remedy = "leave `sslmode` out, which means `verify-full`, and name the authority that the "
               "server's certificate is of in `sslrootcert` (docs/store.md)"},
    {.name = "configuration-reloaded",
     .level = notice,
     .keys = {"by", "added", "changed", "removed"},
     .when = "the configuration was read again, and the node works by it. `by`: `SIGHUP`, or who "
             "said `sluice reload`"},
    {.name = "configuration-unchanged",
     .level = info,
     .keys = {"by"},
     .when = "it was read again, and says what the node does already"},
    {.name = "configuration-refused",
     .level = error,
     .keys = {"by", "complaints", "reason"},
     .when = "it was read again and can not be used: the node goes on by the one that it has. "
             "`complaints`: how many, of which `reason` has the first",
     .remedy = "`sluiced --check-config` tells all of them; repair the files and say `sluice "
               "reload`. A run that begins meanwhile reads the files, too, and fails"},
    {.name = "restart-needed",
     .level = warning,
     .keys = {"keys"},
     .when = "these are changed in node.yaml, and stay as they were until a restart; all else is "
             "in use. At each reload as long as it is so",
     .remedy = "restart `sluiced` when it suits, or put back what stood there"},
    {.name = "bureau-left-waiting",
     .level = warning,
     .keys = {"bureau", "batches", "quarantined", "journal"},
     .when = "a bureau was taken out of the configuration, and what the center has not, or rows in "
             "its quarantine, lie in its journal: that stays as it is, and nothing of it is sent",
     .remedy = "put the bureau back until `sluice status` says that it is up to date, if that is "
               "wanted"},
    {.name = "stopping", .level = notice, .keys = {}, .when = "SIGTERM or SIGINT came"},
    {.name = "certificate-awaited",
     .level = error,
     .keys = {"reason"},
     .when = "files of `identity` are missing, or those that have come can not be used: the node "
             "takes nothing and answers nobody but `sluice` on its own machine; again when the "
             "reason is another one",
     .remedy = "have the certificate made (docs/pki.md) and put the files where node.yaml says: "
               "it goes on by itself within some seconds"},
    {.name = "certificates-reloaded",
     .level = notice,
     .keys = {"of", "subject", "serial", "ends"},
     .when = "files were read again after SIGHUP, or since they had changed, and what they hold is "
             "in use. `of`: `identity` (the API, the uplink, what is signed and who is believed) "
             "or `pages`"},
    {.name = "certificates-not-reloaded",
     .level = error,
     .keys = {"of", "reason"},
     .repeats = Repeats::told,
     .when = "the files can not be used as they are, after SIGHUP or for a minute since they "
             "changed: all of `of` stays as it was. Once, until they change again",
     .remedy = "repair what `reason` names: it is tried again every quarter of a minute"},
    {.name = "certificate-ends-soon",
     .level = warning,
     .keys = {"of", "subject", "ends"},
     .when = "from 30 days before the end of a certificate of this node on, once a day; of `pages` "
             "also afterwards",
     .remedy = "renew it (docs/operations.md#certificates)"},
    {.name = "signing-stopped",
     .level = error,
     .keys = {"reason"},
     .when = "this node's certificate has ended, or has not begun: nothing is sealed or receipted "
             "outside its time, so nothing is taken; once a day as long as it lasts",
     .remedy = "put a certificate in its place that holds, or set the clock: it goes on by itself"},
    {.name = "signing-resumed",
     .level = notice,
     .keys = {"subject"},
     .when = "it holds: what was waiting goes on"},
    {.name = "audit-not-written",
     .level = error,
     .keys = {"reason"},
     .when = "an audit line could not be made durable",
     .remedy = "check the disk: one that once failed to take a line is not asked again until "
               "`sluiced` is restarted (docs/audit-log.md)"},
    {.name = "audit-log-signed",
     .level = info,
     .keys = {"line", "digest"},
     .when = "this node signed where its audit log stands: the number of the last line, and its "
             "digest, which stands for all lines up to it. Kept on another machine, these lines "
             "tell whether somebody wrote the log anew (docs/audit-log.md)"},
    {.name = "audit-log-altered",
     .level = error,
     .keys = {"reason"},
     .when = "the audit log is not what this node has signed of it: lines were changed, or taken "
             "away. It is written on, and signed no more",
     .remedy = "find out who wrote in the file; `sluice audit verify` says what is wrong. Keep "
               "`audit.sqlite` as proof: with `sluiced` stopped, move it away (docs/audit-log.md)"},
    {.name = "disk-not-trusted",
     .level = error,
     .keys = {"reason"},
     .when = "an fsync has failed in some process of this node: nobody knows what is on the disk. "
             "Nothing more is acknowledged, by whatever mode, and no job begins; `/v1/health` says "
             "fail. The file `not-durable` in the state directory says it to all processes",
     .remedy =
         "see to the disk, or move the state directory to another one; then restart `sluiced`, "
         "which writes and fsyncs anew what the journals hold before it acknowledges "
         "anything, and removes the file"},
    {.name = "disk-short",
     .level = error,
     .keys = {"free", "reserve"},
     .varying = {"free"},
     .when = "fewer bytes are free on the disk of the state directory than its reserve "
             "(`node.reserve`): calls are answered 503, jobs and drop folders wait, a center with "
             "an embedded store takes no batches. Receipts still come in; `/v1/health` says fail",
     .remedy = "free space, or enlarge the disk; no restart is needed. Where the backlog is large, "
               "see why receipts do not come: `sluice status`"},
    {.name = "disk-has-room",
     .level = notice,
     .keys = {"free", "reserve"},
     .when = "a quarter more than the reserve is free: everything goes on by itself"},
    {.name = "checkpoint-line-begun",
     .level = warning,
     .keys = {"line", "after", "of"},
     .when =
         "the central store is another one than its last checkpoint was made of: it is new, was "
         "restored or replaced, or another server took over. A line of checkpoints begins after "
         "number `after` of line `of`; what edges keep of that one beyond it is told there as "
         "lost by restore",
     .remedy = "none, where somebody restored it; else find out who did what",
     .other_level = notice,
     .other_level_when = "where there was no checkpoint before"},
    {.name = "checkpoints-late",
     .level = warning,
     .keys = {"reason"},
     .when =
         "for a minute no checkpoint of the ledger could be made, or looked for; or an entry was "
         "under way for so long (a migration of a dataset), and nothing behind it is covered until "
         "it ends; once an outage. "
         "Batches are applied all the same, and their receipts tell of an older one",
     .remedy = "repair what `reason` names"},
    {.name = "checkpoints-gone",
     .level = error,
     .keys = {"line", "number", "ledger"},
     .when =
         "the central store has not the checkpoint any more that was in it a moment ago, nor was "
         "it restored: somebody takes entries out of its tables",
     .remedy = "`sluice audit verify`, here and on the edges, which have kept what was told them; "
               "see who may write to the database"},
    {.name = "schema-conflict",
     .level = error,
     .keys = {"dataset", "reason"},
     .when = "the central store's tables, of this node or at its center, can not follow this "
             "dataset's schema: nothing of the dataset is taken in (calls are answered 503, "
             "imports and collections fail, keyed "
             "records wait), and all other datasets go on",
     .remedy = "what `reason` says (docs/operations.md#changing-a-schema). What is mended at the "
               "store is noticed within seconds; a schema that was changed here is read when "
               "`sluiced` starts"},
    {.name = "schema-agrees",
     .level = notice,
     .keys = {"dataset"},
     .when = "they can again: the dataset goes on by itself"},
    {.name = "schemas-not-compared",
     .level = warning,
     .keys = {"reason"},
     .when = "the central store, or the center, can not be asked whether its tables can follow the "
             "schemas; it is asked again every few seconds, and nothing is refused meanwhile. "
             "Once, until they were compared",
     .remedy = "none, if it comes back by itself; else what `reason` says"},
    {.name = "publish-denied",
     .level = warning,
     .keys = {"bureau", "dataset"},
     .when = "a bureau called for a dataset that it may not publish; the first of its kind in a "
             "minute",
     .remedy =
         "if it may, list the dataset under the bureau's `publishes`; if not, ask the bureau"},
    {.name = "carry-denied",
     .level = warning,
     .keys = {"actor", "bureau", "reason"},
     .when = "somebody brought batches of a bureau, or asked about them, who may not; `reason` is "
             "that of the audit log; the first of its kind in a minute",
     .remedy = "if that node may, list the bureau in its entry of `nodes`; if not, ask who it is"},
    {.name = "digests-denied",
     .level = warning,
     .keys = {"actor", "dataset"},
     .when =
         "somebody wanted to compare a dataset with the central store who may not; the first of "
         "its kind in a minute",
     .remedy =
         "if that node may, list the dataset's owner in its entry of `nodes`; if not, ask who "
         "it is"},
};

inline constexpr Event stream[] = {
    {.name = "batch-applied",
     .level = info,
     .keys = {"bureau", "dataset", "sequence", "outcome", "inserted", "updated", "unchanged",
              "deleted", "rejected"},
     .when = "the center's receipt for a batch is in the journal",
     .remedy =
         "where `rejected` is not 0, the rows are in the quarantine: `sluice quarantine list "
         "BUREAU`. With the outcome `held` the center has the batch and can not apply it yet: "
         "it stays here, and is told of once more"},
    {.name = "batch-rejected",
     .level = error,
     .keys = {"bureau", "dataset", "sequence", "rows", "reason"},
     .repeats = Repeats::told,
     .when = "the center refused a batch whole and for good, or has lost one of an earlier epoch "
             "that it held; the stream goes on behind it",
     .remedy = "its rows are in the quarantine: see to what `reason` says, then replay them"},
    {.name = "batch-held-back",
     .level = warning,
     .keys = {"bureau", "reason"},
     .when =
         "batches can not be handed over; they are sent again by themselves. Once an outage, and "
         "when its reason changes",
     .remedy = "repair what `reason` names"},
    {.name = "link-restored",
     .level = notice,
     .keys = {"bureau", "after"},
     .when = "they can again; `after` so many seconds"},
    {.name = "quarantine-filling",
     .level = error,
     .keys = {"bureau", "bytes", "limit"},
     .varying = {"bytes"},
     .when =
         "four fifths of `journal.quarantine_bytes` are used; once, until it is less than seven "
         "tenths. When it is full, nothing more is taken that has bad rows: calls are answered "
         "503, files and collections wait",
     .remedy = "see what fails (`sluice quarantine counts BUREAU`) and have the source corrected; "
               "replay or discard the rows. What was dealt with makes room by itself"},
    {.name = "quarantine-not-reported",
     .level = warning,
     .keys = {"bureau", "reason"},
     .when = "the center could not be told what the quarantine holds; it is told again by itself. "
             "Batches do not wait for it. Once an outage, and when its reason changes",
     .remedy = "repair what `reason` names; until then the center's figures are old"},
    {.name = "quarantine-reports-unwanted",
     .level = info,
     .keys = {},
     .when = "the center is of a version that takes no reports of quarantines: it is asked again "
             "four times an hour",
     .remedy = "none is needed; a later version of `sluiced` at the center takes them"},
    {.name = "stream-stopped",
     .level = error,
     .keys = {"bureau", "reason"},
     .when = "a journal failed, a receipt was not the center's, or an error was not foreseen. "
             "Nothing more of this bureau is sent, or taken; `/v1/health` says fail. A full disk "
             "does not stop it",
     .remedy = "repair what `reason` names, then restart `sluiced`"},
    {.name = "batches-sent-again",
     .level = warning,
     .keys = {"bureau", "after", "to"},
     .when = "the center stands at batch `after`, and this node has its receipts up to `to`: it "
             "was restored from a backup, or another server without its last commits took over. "
             "What it lacks is still in the journal, and is sent again by itself",
     .remedy = "none is needed here; at the center, find out why it lost them"},
    {.name = "batches-lost",
     .level = error,
     .keys = {"bureau", "dataset", "mode", "from", "to", "batches", "rows", "since", "until"},
     .repeats = Repeats::told,
     .when = "the center lost batches for which this node has its receipts, and they are in the "
             "journal no more; the stream goes on in a new epoch with what is there. Once for each "
             "dataset and mode",
     .remedy =
         "`sluice journal gaps BUREAU` says it: front-end `sluice reconcile BUREAU --repair`, "
         "disk the files of that time again, else the bureau sends again what it sent in "
         "that time"},
    {.name = "journal-refused",
     .level = error,
     .keys = {"bureau", "reason"},
     .when = "the journal is gone, empty or damaged, or it and what this node or the center's "
             "ledger remembers are not of one stream: one of them was put back as it was earlier. "
             "Nothing of this bureau is taken; the others go on; `/v1/health` says fail",
     .remedy = "what `reason` names: put the latest journal or store back, or `sluice journal "
               "new-epoch BUREAU` (docs/restore.md)"},
    {.name = "batch-not-closed",
     .level = error,
     .keys = {"bureau", "reason"},
     .when = "open batches can not be sealed; once until they can, and when the kind of the reason "
             "changes",
     .remedy =
         "repair what `reason` names. After a write that failed the journal takes nothing more "
         "until `sluiced` is restarted; a full disk needs space only"},
};

inline constexpr Event center[] = {
    {.name = "dataset-held",
     .level = error,
     .keys = {"bureau", "dataset", "sequence", "reason"},
     .when =
         "this center holds batches of a dataset from `sequence` on: they are in the ledger and "
         "the archive, and their rows in no table, since the dataset can not be taken as things "
         "are here. The bureau's other datasets go on, and the origin lets go of nothing. Once, "
         "until none of it is held",
     .remedy = "repair what `reason` names: what is held is applied by itself, in order, within a "
               "minute. Or give it back: `sluice batch release`. As a notice: none, it goes on by "
               "itself",
     .other_level = notice,
     .other_level_when = "while the dataset's tables are being migrated"},
    {.name = "dataset-settled",
     .level = notice,
     .keys = {"bureau", "dataset", "batches"},
     .when =
         "nothing of that dataset is held any more: so many batches were applied or, where they "
         "can never be, refused"},
    {.name = "dataset-not-settled",
     .level = error,
     .keys = {"bureau", "dataset", "reason"},
     .when = "what is held of that dataset can not be applied now; once, and when the reason "
             "changes: the reason for which it was held may have passed, and another have come",
     .remedy = "as for `dataset-held`",
     .other_level = notice,
     .other_level_when = "while the dataset's tables are being migrated"},
    {.name = "held-not-settled",
     .level = warning,
     .keys = {"reason"},
     .when = "what is held could not be looked after: the store does not answer. Once, until it "
             "does",
     .remedy = "see to the store; it is tried again every minute"},
};

inline constexpr Event drop_folders[] = {
    {.name = "drop-folder-not-watched",
     .level = error,
     .keys = {"bureau", "reason"},
     .when = "the folder can not be opened, or not read any more; once for each reason",
     .remedy =
         "create or mount it, or correct `drop_folder` or its rights: it is watched from then "
         "on, by itself"},
    {.name = "drop-folder-watched",
     .level = notice,
     .keys = {"bureau"},
     .when = "it is there, and watched, after it was not"},
    {.name = "drop-folder-held-back",
     .level = warning,
     .keys = {"bureau", "reason"},
     .when = "files lie there and are not loaded, because the journal or its disk has no room, or "
             "nothing may be acknowledged; once, until they are",
     .remedy = "what `reason` says; the files stay, and are loaded by themselves"},
    {.name = "drop-folder-goes-on",
     .level = notice,
     .keys = {"bureau"},
     .when = "they are loaded again"},
    {.name = "dropped-file-imported",
     .level = info,
     .keys = {"bureau", "file", "status"},
     .optional_keys = {"reason"},
     .repeats = Repeats::told,
     .when = "an import ended; `status` is its exit status (docs/operations.md), `reason` the last "
             "line that it complained of, if it did",
     .remedy = "3: `sluice quarantine list BUREAU`; 4: the file is in `failed`, and is to be "
               "corrected and brought again; another but 0: the file stays and is tried again",
     .other_level = warning,
     .other_level_when = "with a reason"},
    {.name = "import-cut-off",
     .level = warning,
     .keys = {"bureau", "file", "limit"},
     .repeats = Repeats::told,
     .when = "an import took longer than it may, or its sealing process more processor time. What "
             "was taken stays taken",
     .remedy = "`time_limit`: the file stays, and is imported again from where it stood; where "
               "that is not enough, raise the limit. `cpu_limit`: the file is in `failed`; raise "
               "the limit and bring it again, which goes on where it stood, or bring what is not "
               "taken yet in pieces"},
    {.name = "dropped-file-unknown",
     .level = warning,
     .keys = {"bureau", "file"},
     .repeats = Repeats::told,
     .when = "its name names no dataset of the bureau's: it goes to `failed`",
     .remedy = "bring it again under the name of its dataset (docs/csv.md)"},
    {.name = "dropped-file-passed-over",
     .level = warning,
     .keys = {"bureau", "file", "reason"},
     .when =
         "what lies in the folder and is nothing to be loaded; once, when it has lain there for "
         "ten seconds",
     .remedy = "have it brought as a `.csv` file (docs/csv.md), or take it away"},
    {.name = "dropped-file-not-moved",
     .level = warning,
     .keys = {"bureau", "reason"},
     .when = "it stays where it is, and is recognised next time; or it was moved to `failed`, and "
             "why could not be written beside it",
     .remedy = "see to the rights of the folder, its `done` and its `failed`"},
    {.name = "import-not-started",
     .level = error,
     .keys = {"bureau", "reason"},
     .when = "the `sluice` program could not be run",
     .remedy = "repair what `reason` names; the file stays and is tried again"},
};

inline constexpr Event jobs[] = {
    {.name = "run-started",
     .level = debug,
     .keys = {"bureau", "task", "reason"},
     .when =
         "`reason` is `scheduled`, `missed` (its time went by while nothing could run), `retry` "
         "or `by-hand` (`sluice jobs run`)"},
    {.name = "run-ended",
     .level = info,
     .keys = {"bureau", "task", "outcome", "seconds"},
     .when = "`outcome` is `succeeded`, `quarantined`, `differs` (a comparison found differences), "
             "`held-back` (deletes wait for an operator) or `stopped` (the daemon ended)",
     .remedy = "what the outcome asks for: docs/operations.md#jobs",
     .other_level = debug,
     .other_level_when = "where it found nothing new"},
    {.name = "run-failed",
     .level = error,
     .keys = {"bureau", "task", "outcome", "seconds", "reason"},
     .varying = {"seconds"},
     .when =
         "`outcome` is `refused`, `failed`, `timed-out`, `backlog-full` (the journal was full "
         "until its time had passed) or `killed`; `reason` the last line that it complained of. "
         "It is tried again by itself",
     .remedy =
         "what the outcome asks for: docs/operations.md#jobs. `sluice collect BUREAU` by hand "
         "says more; with `backlog-full` it is the backlog"},
    {.name = "reconciliation-differs",
     .level = error,
     .keys = {"bureau", "dataset", "missing", "extra", "different", "repaired"},
     .when =
         "a scheduled comparison found that exchange database and central store are not the same "
         "(docs/reconciliation.md); the counts are those before a repair; `repaired` is `true` "
         "where a repair left nothing that differs. One that is refused raises it too",
     .remedy = "where `repaired` is `false`: `sluice reconcile BUREAU DATASET` names differences, "
               "and `--repair` sends them",
     .other_level = warning,
     .other_level_when = "where `repaired` is `true`"},
    {.name = "deletes-held-back",
     .level = error,
     .keys = {"bureau", "dataset", "deletes", "of"},
     .when = "a scheduled run found so many of the records that there were gone that it has not "
             "deleted them (docs/front-end.md#snapshot); with each run, until they are back or "
             "`--delete-anyway` is said",
     .remedy = "look at the table: have the rows put back, or `sluice collect BUREAU --dataset D "
               "--delete-anyway`"},
    {.name = "jobs-paused",
     .level = notice,
     .keys = {"bureau"},
     .when = "an operator paused them (`sluice jobs pause`); it holds over restarts",
     .remedy = "`sluice jobs resume BUREAU`, when what it was for is over"},
    {.name = "jobs-resumed",
     .level = notice,
     .keys = {"bureau"},
     .when = "an operator let them run again"},
    {.name = "jobs-held-back",
     .level = warning,
     .keys = {"bureau", "reason"},
     .when =
         "they are due and do not run, because the journal or its disk has no room, the journal "
         "is refused, nothing may be acknowledged, or this node's certificate does not hold; "
         "once, until they go on",
     .remedy = "what `reason` says. Where the journal is full, receipts do not come: `sluice "
               "status`, and look for `event=batch-held-back`; where it is refused, for "
               "`event=journal-refused`"},
    {.name = "jobs-go-on",
     .level = notice,
     .keys = {"bureau"},
     .when = "what held them back is over"},
    {.name = "run-history-not-written",
     .level = error,
     .keys = {"reason"},
     .when = "`jobs.sqlite` could not be written; the jobs go on",
     .remedy = "check the disk: runs and pauses that were not written are forgotten by a restart"},
};

inline constexpr Event pages[] = {
    {.name = "page-denied",
     .level = warning,
     .keys = {"account", "reason"},
     .when = "somebody asked for a page that is not theirs to see, or sent a form that does not "
             "come from a page of ours; the first of its kind in a minute. `reason` is that of the "
             "audit log's `page-denied`, which has all of them",
     .remedy = "ask the person: a role may be missing (`sluice user roles`), or somebody tries"},
    {.name = "page-failed",
     .level = error,
     .keys = {"path", "reason"},
     .when = "a page could not be shown, or what was asked for on it not be done: a journal, a "
             "history or the audit log does not answer",
     .remedy = "the reason says what; mostly the disk, or another process that holds a lock"},
    {.name = "csv-not-read",
     .level = error,
     .keys = {"reason"},
     .repeats = Repeats::told,
     .when = "a sheet, or a row of the quarantine, was handed in on a page, and the process that "
             "was to read it crashed, passed its limits (docs/manual-entry.md), or could not be "
             "started. Nothing of it was taken, and the person was told",
     .remedy = "after a signal keep the sheet or the row and report it: there is more in it than "
               "the program knows how to read; else what `reason` names"},
    {.name = "record-not-journaled",
     .level = error,
     .keys = {"bureau", "reason"},
     .when =
         "a record that was keyed could not be taken by the journal now: it waits in the queue, "
         "and is tried again every few seconds",
     .remedy =
         "the reason says what: the journal is full (receipts do not come), or its disk failed"},
    {.name = "known-records-unavailable",
     .level = warning,
     .keys = {"reason"},
     .when = "the central store did not answer while somebody keyed a record: for a minute nothing "
             "is filled in from it, and keying goes on without",
     .remedy = "see to the central store; it is asked again by itself"},
    {.name = "people-unavailable",
     .level = error,
     .keys = {"reason"},
     .when =
         "the database of people does not answer: nobody can sign in or open a page; or its disk "
         "is full, and only that a session was used is not kept",
     .remedy = "see to the database (docs/people.md); it is tried again with each request"},
};

}  // namespace declarations

inline constexpr EventGroup event_groups[] = {
    {"the logger itself", declarations::logger},
    {"HTTP server", declarations::http_server},
    {"the node", declarations::node},
    {"a bureau's stream", declarations::stream},
    {"a center", declarations::center},
    {"drop folders", declarations::drop_folders},
    {"jobs", declarations::jobs},
    {"pages", declarations::pages},
};

// What is promised of all of them, and does not compile where it is not kept: who is told to look
// or to act is told what to do; a key that may vary is one; and none has the name of what a line
// says besides.
constexpr bool is_sound(const Event& event) {
  const auto is_key = [&event](std::string_view key) {
    return event.keys.has(key) || event.optional_keys.has(key);
  };
  const auto asks = [](LogSettings::Level level) { return level >= LogSettings::Level::warning; };
  if (event.remedy.empty() && (asks(event.level) || asks(event.other_level.value_or(event.level))))
    return false;
  if (event.other_level.has_value() == event.other_level_when.empty()) return false;
  for (const std::string_view taken : {"event", "level", "repeated", "within", "cut"}) {
    if (is_key(taken)) return false;
  }
  return std::ranges::all_of(event.varying, is_key) && event.name.size() <= 32;  // a MSGID
}
static_assert(std::ranges::all_of(event_groups, [](const EventGroup& group) {
  return std::ranges::all_of(group.events, [](const Event& event) { return is_sound(event); });
}));

// Does not compile where there is none of this name.
consteval Event find_event(std::string_view name) {
  for (const EventGroup& group : event_groups) {
    for (const Event& event : group.events) {
      if (event.name == name) return event;
    }
  }
  throw "observe/events.h declares no such event";
}

template <EventName name>
inline constexpr Event declared_event = find_event(name.view());

}  // namespace sluice::observe

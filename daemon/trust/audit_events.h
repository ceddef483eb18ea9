// Every event of the audit log, declared once: an event that does not stand here can not be
// written, and its table in docs/log-events.md is made from it. Names and details are API.
#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <string_view>

namespace sluice::trust {

struct AuditDetail {
  std::string_view name;
  std::string_view meaning = "";  // where the name does not say it
};

// `when` and the meanings are for people, in Markdown: they may change.
struct AuditDeclaration {
  std::string_view name;
  std::array<AuditDetail, 6> details;  // those in use come first
  std::string_view when;
};

inline constexpr AuditDeclaration audit_events[] = {
    {.name = "certificate-refused",
     .details =
         {{{"actor", "the subject, as claimed"}, {"target", "the address"}, {"reason"}, {"count"}}},
     .when = "a handshake failed for the certificate's sake; on the pages, which do not end it, "
             "somebody stood at the sign-in with such a certificate"},
    {.name = "certificate-unknown",
     .details = {{{"actor", "the subject"}, {"count"}}},
     .when = "a good certificate under which neither a bureau nor a node is registered"},
    {.name = "publish-denied",
     .details = {{{"actor", "the bureau"},
                  {"target", "the dataset, or the path of a task"},
                  {"reason"},
                  {"count"}}},
     .when = "a call for a dataset that the bureau may not publish, or for another's task"},
    {.name = "digests-denied",
     .details = {{{"actor", "the node, bureau or subject"},
                  {"target", "the dataset"},
                  {"reason"},
                  {"count"}}},
     .when = "a comparison by who does not bring the batches of the dataset's owner"},
    {.name = "carry-denied",
     .details = {{{"actor", "the node, bureau or subject"},
                  {"target", "the bureau"},
                  {"reason"},
                  {"count"}}},
     .when =
         "batches of a bureau from who may not bring them: `not-a-node`, `not-granted` (the node "
         "does not bring this bureau's), `not-trusted` (the signature is not that of the node "
         "that speaks for it), `untimely` (it was sealed before the bureau's last batch, or in the "
         "future)"},
    {.name = "quarantine-replayed",
     .details = {{{"actor", "who did it"}, {"bureau"}, {"entry"}, {"corrected"}}},
     .when = "a person took a quarantined row again"},
    {.name = "quarantine-discarded",
     .details = {{{"actor", "who did it"}, {"bureau"}, {"entry"}}},
     .when =
         "a person decided that a quarantined row will not be taken; the reason may name values, "
         "so it stands beside the row (`sluice quarantine show`) and not here"},
    {.name = "account-added",
     .details = {{{"actor", "the operating system's user"},
                  {"target", "the account"},
                  {"roles"},
                  {"bureau", "of roles of a bureau"}}},
     .when = "`sluice user add`: a person got an account"},
    {.name = "account-roles-changed",
     .details = {{{"actor", "the operating system's user"},
                  {"target", "the account"},
                  {"roles", "from now on"},
                  {"bureau", "of roles of a bureau"}}},
     .when = "`sluice user roles`: a person got other roles, or another bureau"},
    {.name = "account-password-reset",
     .details = {{{"actor", "the operating system's user"}, {"target", "the account"}}},
     .when = "`sluice user reset`: a person got a new first password"},
    {.name = "account-certificate-bound",
     .details = {{{"actor", "the operating system's user"},
                  {"target", "the account"},
                  {"subject", "the certificate's"},
                  {"issuer", "the certificate's"}}},
     .when = "`sluice user certificate`, or `add --certificate`: a person may sign in by it"},
    {.name = "account-certificate-removed",
     .details = {{{"actor", "the operating system's user"}, {"target", "the account"}}},
     .when = "`sluice user certificate --remove`: a person may not sign in by certificate any "
             "more"},
    {.name = "account-disabled",
     .details = {{{"actor", "the operating system's user"}, {"target", "the account"}}},
     .when = "`sluice user disable`: a person may not sign in any more"},
    {.name = "account-enabled",
     .details = {{{"actor", "the operating system's user"}, {"target", "the account"}}},
     .when = "`sluice user enable`: a person may sign in again"},
    {.name = "account-password-changed",
     .details = {{{"actor", "the account"}, {"target", "the account"}}},
     .when = "a person changed their own password on the pages"},
    {.name = "signed-in",
     .details = {{{"actor", "the account"},
                  {"target", "the address"},
                  {"way", "`password` or `certificate`"}}},
     .when = "a person signed in on the pages"},
    {.name = "sign-in-refused",
     .details = {{{"actor",
                   "the account; `?` where what was typed is nobody's name; of a sign-in by "
                   "certificate its subject, `?` without one"},
                  {"target", "the address"},
                  {"reason"},
                  {"count"}}},
     .when = "a sign-in or a change of a password failed: `password`, `no-password` (the account "
             "has none), `disabled-account`, `unknown-name`, `malformed-name`, "
             "`unknown-certificate` (no account has it), `no-certificate`; `wait` (too many were "
             "wrong), `busy` (too many at once)"},
    {.name = "signed-out",
     .details = {{{"actor", "the account"}, {"target", "the address"}}},
     .when = "a person signed out"},
    {.name = "page-denied",
     .details = {{{"actor", "the account; of who has not signed in the address"},
                  {"target", "the path"},
                  {"reason"},
                  {"count"}}},
     .when =
         "a page was asked for by who may not see it (`not-granted`), or a task by who never had "
         "it (`not-held`) or may not check it (`same-person`), or a form did not come from "
         "a page of ours: `foreign-form` (another site sent it), `stale-form` (its token is of "
         "another session)"},
    {.name = "quarantine-viewed",
     .details = {{{"actor", "`account NAME`"}, {"bureau"}, {"entry"}}},
     .when = "a person looked at a quarantined row, which has the record's values"},
    {.name = "differences-viewed",
     .details = {{{"actor", "`account NAME`"}, {"bureau"}, {"dataset"}}},
     .when = "a person looked at the keys of records that differ"},
    {.name = "record-opened",
     .details = {{{"actor", "`account NAME`"},
                  {"bureau"},
                  {"task"},
                  {"record", "its mark, where somebody has keyed it"}}},
     .when = "a person had a record before them, to key, check, review or deliver it"},
    {.name = "known-values-shown",
     .details = {{{"actor", "`account NAME`"},
                  {"bureau"},
                  {"task"},
                  {"dataset", "whose record it was"},
                  {"record", "its mark"},
                  {"fields", "those of the form that it fills in"}}},
     .when = "a person who keys a record was shown what the central store knows of it already"},
    {.name = "record-keyed",
     .details = {{{"actor", "`account NAME`"},
                  {"bureau"},
                  {"task"},
                  {"step", "`keyed` (first or second) or `settled`"},
                  {"record", "its mark"},
                  {"fields", "those that the person keyed, compared or decided"}}},
     .when = "a person saved what they keyed, or settled a difference"},
    {.name = "delivery-confirmed",
     .details = {{{"actor", "`account NAME`"}, {"bureau"}, {"task"}, {"delivery"}}},
     .when = "a person gave the number with which the bureau's own system took a delivered record"},
    {.name = "delivery-declined",
     .details = {{{"actor", "`account NAME`"}, {"bureau"}, {"task"}, {"delivery"}}},
     .when = "a person said why the bureau's own system does not take a delivered record"},
    {.name = "sheet-exported",
     .details = {{{"actor", "`account NAME`"},
                  {"bureau"},
                  {"dataset"},
                  {"count", "of tasks"},
                  {"tasks", "their numbers"}}},
     .when = "a person took tasks along on a sheet, with the drafts that they had of them"},
    {.name = "sheet-imported",
     .details = {{{"actor", "`account NAME`"},
                  {"bureau"},
                  {"dataset"},
                  {"count", "of rows that became drafts"}}},
     .when = "a person handed such a sheet in again"},
    {.name = "tasks-added",
     .details = {{{"actor", "`account NAME`, the operating system's user, or the bureau"},
                  {"bureau"},
                  {"dataset"},
                  {"count"}}},
     .when = "records were put on the list of what is to be keyed"},
    {.name = "task-directed",
     .details = {{{"actor", "`account NAME`, or the operating system's user"},
                  {"bureau"},
                  {"task"},
                  {"order", "`reassign`, `change`, `cancel` or `reopen`"}}},
     .when = "somebody said what becomes of a task; to whom, why and until when stands in the "
             "task's history"},
    {.name = "jobs-steered",
     .details = {{{"actor", "`account NAME`"},
                  {"bureau"},
                  {"order", "`run`, `pause` or `resume`"}}},
     .when = "a person steered a bureau's jobs on the pages"},
    {.name = "configuration-reloaded",
     .details = {{{"actor",
                   "`SIGHUP`, or the user of the operating system who said `sluice reload`"},
                  {"added", "bureaus, datasets and nodes"},
                  {"changed", "the same, with the keys that are other than they were"},
                  {"removed"}}},
     .when = "the node works by another configuration from now on"},
    {.name = "batch-released",
     .details = {{{"actor", "the operating system's user"},
                  {"bureau"},
                  {"dataset"},
                  {"epoch"},
                  {"sequence"},
                  {"count", "of its rows"}}},
     .when = "`sluice batch release`: a batch that was held is refused for good, and its rows go "
             "back to the quarantine of where they came from; the reason stands in its receipt"},
    {.name = "store-accepted",
     .details = {{{"actor", "the operating system's user"}, {"target", "the store's file"}}},
     .when =
         "`sluice store accept-new`: the embedded store was lost, and what lies there, or a new "
         "one, is taken for it"},
    {.name = "dataset-migrated",
     .details = {{{"actor", "the operating system's user"},
                  {"dataset"},
                  {"version", "of its tables, that begins"},
                  {"ledger_id", "of the migration's entry"},
                  {"mapping", "digest of the mapping's text in the ledger"},
                  {"count", "of records"}}},
     .when = "`sluice dataset migrate`: the dataset's tables were filled anew through a mapping"},
    {.name = "dataset-version-dropped",
     .details = {{{"actor", "the operating system's user"},
                  {"dataset"},
                  {"version", "of which the records and their history are gone"}}},
     .when = "`sluice dataset drop-version`: the tables of before a migration were dropped"},
    {.name = "journal-epoch-begun",
     .details = {{{"actor", "the operating system's user"},
                  {"bureau"},
                  {"epoch", "that begins"},
                  {"remembered", "of the journal by this node: its epoch and highest number"},
                  {"ledger", "the center's: its latest epoch and number of the bureau"},
                  {"again", "what is read again"}}},
     .when = "`sluice journal new-epoch`: a stream began anew; what lies between the two last "
             "numbers and was not sealed anew is gone"},
    {.name = "backup-made",
     .details = {{{"actor", "the operating system's user"},
                  {"target", "the directory"},
                  {"manifest", "digest of its manifest.json"}}},
     .when = "`sluice backup`: the node's state was copied"},
    {.name = "node-restored",
     .details = {{{"actor", "the operating system's user"}, {"target", "the backup's directory"}}},
     .when = "`sluice restore`: all that this log has from here on is after it, and what it had "
             "between the backup and here is lost"},
    {.name = "denials-summarised",
     .details = {{{"count"}}},
     .when = "more than 256 different denials came in one minute: so many were not told apart"},
};

// Not defined: its name is what the compiler says of an event that is not declared above.
void there_is_no_such_audit_event();

// The name of one of them, which the compiler has made sure of.
class AuditName {
 public:
  consteval AuditName(const char* name) : declaration_(find(name)) {}

  [[nodiscard]] constexpr std::string_view view() const { return declaration_->name; }
  [[nodiscard]] constexpr bool has_detail(std::string_view name) const {
    return std::ranges::find(declaration_->details, name, &AuditDetail::name) !=
           declaration_->details.end();
  }
  friend auto operator<=>(const AuditName&, const AuditName&) = default;

 private:
  static consteval const AuditDeclaration* find(std::string_view name) {
    const auto* found = std::ranges::find(audit_events, name, &AuditDeclaration::name);
    if (found == std::ranges::end(audit_events)) there_is_no_such_audit_event();
    return found;
  }
  const AuditDeclaration* declaration_;  // all in one array: the order is that of the list
};

}  // namespace sluice::trust

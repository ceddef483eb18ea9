// Everything that can be wrong with a node, by name: `sluice status`, the line in `systemctl
// status`, the first page and /v1/health say the same of it. The table in docs/operations.md is
// made from this, and a test holds the pages' texts (`alarm.NAME`) against it.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace sluice::api {

enum class Grade {
  stops,      // something gets on no more: somebody must act
  attention,  // it soon may not, or has failed once: somebody should look
  reminder,   // nothing is wrong: something waits for a person, or goes on by itself
};

[[nodiscard]] constexpr std::string_view to_string(Grade grade) {
  switch (grade) {
    case Grade::stops:
      return "stops";
    case Grade::attention:
      return "attention";
    case Grade::reminder:
      return "reminder";
  }
  return "reminder";
}

struct TroubleKind {
  std::string_view name;
  Grade grade;              // where nothing else is said of one
  bool stops_serving;       // /v1/health says fail
  std::string_view when;    // for people, in Markdown
  std::string_view remedy;  // what to do; `{bureau}` and `{dataset}` stand for those concerned
};

// In the order in which they are told, of one grade.
inline constexpr std::array trouble_kinds{
    TroubleKind{"disk-not-trusted", Grade::stops, true,
                "an fsync has failed, so nothing is acknowledged",
                "see to the disk, then restart sluiced (docs/operations.md#the-disk)"},
    TroubleKind{"not-signing", Grade::stops, true,
                "the node has no certificate that holds, so nothing is taken",
                "put one that holds in its place, or set the clock right (docs/pki.md)"},
    TroubleKind{"disk-short", Grade::stops, true,
                "less of the disk is free than its reserve, so nothing new is taken in",
                "free space; it goes on by itself (docs/operations.md#the-disk)"},
    TroubleKind{"revocation-list-over", Grade::stops, false,
                "a revocation list is out of date, so nobody of its authority gets in",
                "put a new list in its place: sluice pki crl, where the authority is ours "
                "(docs/pki.md)"},
    TroubleKind{"store-unavailable", Grade::stops, false,
                "the central store can not be worked with; batches wait where they are",
                "see whether the database runs and can be reached from here"},
    TroubleKind{"journal-unreadable", Grade::stops, true,
                "a bureau's journal can not be used: it is damaged, gone, or not what it was",
                "what the reason says; delete nothing (docs/restore.md)"},
    TroubleKind{"stream-stopped", Grade::stops, true,
                "a bureau's batches are no longer sent until a person has acted",
                "repair what the reason names, then restart sluiced"},
    TroubleKind{"schema-conflict", Grade::stops, false,
                "nothing of a dataset is taken in, since its schema does not fit",
                "what the reason says (docs/operations.md#changing-a-schema)"},
    TroubleKind{"reload-unfinished", Grade::stops, false,
                "a configuration was taken in part only: some of the node may go by the one before",
                "restart sluiced"},
    TroubleKind{"configuration-refused", Grade::attention, false,
                "the configuration that was last read can not be used, and the one before goes on",
                "sluiced --check-config tells all that is wrong; repair the files, then: sluice "
                "reload (docs/operations.md#another-configuration)"},
    TroubleKind{"link-held-back", Grade::attention, false,
                "a bureau's batches do not get to the center",
                "look at the network, the certificates and the center; sending goes on by itself"},
    TroubleKind{"batches-lost", Grade::attention, false,
                "the center has lost batches that this node has no more",
                "sluice journal gaps {bureau}"},
    TroubleKind{"held-by-center", Grade::attention, false,
                "the center has batches of a dataset that it can not take yet",
                "sluice batch held, at the center; they are applied by themselves once it can "
                "(docs/link.md)"},
    TroubleKind{"held-here", Grade::attention, false,
                "this center holds batches of a dataset that it can not take as they are",
                "do what the reason says, and they are applied by themselves; or sluice batch "
                "release {bureau} --dataset {dataset} (docs/link.md)"},
    TroubleKind{
        "backlog-high", Grade::attention, false,
        "half of what may wait of a bureau for receipts does",
        "look at the link and the center: at its limit nothing more of the bureau is taken"},
    TroubleKind{"run-failed", Grade::attention, false, "the last run of a job has failed",
                "deal with the reason; it is tried again by itself, or now: sluice jobs run "
                "{bureau}"},
    TroubleKind{"deletes-held-back", Grade::attention, false,
                "a collection found more records gone than may be deleted unasked",
                "ask the bureau, then: sluice collect {bureau} --dataset … --delete-anyway "
                "(docs/front-end.md#snapshot)"},
    TroubleKind{"differs", Grade::attention, false,
                "a comparison found that the central store is not what its source is",
                "sluice report list {bureau} (docs/reconciliation.md)"},
    TroubleKind{"edge-silent", Grade::attention, false,
                "a node that brings batches has not told of itself for an hour",
                "see whether sluiced runs there, and whether it reaches this center"},
    TroubleKind{"certificate-ends", Grade::attention, false,
                "a certificate of this node ends within 30 days, or has ended",
                "have a new one issued and put it in place; no restart is needed "
                "(docs/operations.md#certificates)"},
    TroubleKind{"revocation-list-ends", Grade::attention, false,
                "a revocation list ends within a day",
                "publish the next one before that: afterwards nobody of its authority gets in "
                "(docs/pki.md)"},
    TroubleKind{"disk-low", Grade::attention, false,
                "less than twice its reserve is free of the disk",
                "free space, or enlarge it: below the reserve nothing is taken in"},
    TroubleKind{"inodes-low", Grade::attention, false,
                "the file system can take only few more files",
                "remove files: without room for new ones no database can work"},
    TroubleKind{"held-for-migration", Grade::reminder, false,
                "this center holds batches of a dataset whose tables are being migrated",
                "nothing: it goes on by itself, and they are applied when the migration is over "
                "(docs/store.md#versions-of-a-datasets-tables)"},
    TroubleKind{"restart-needed", Grade::reminder, false,
                "keys of node.yaml are changed that only a restart takes",
                "restart sluiced when it suits, or put back what stood there "
                "(docs/operations.md#another-configuration)"},
    TroubleKind{"job-paused", Grade::reminder, false, "an operator has paused a bureau's jobs",
                "sluice jobs resume {bureau}, when it is time"},
    TroubleKind{"quarantine-waiting", Grade::reminder, false, "rows that failed wait for a person",
                "sluice quarantine counts {bureau}"},
};

// Of the table; a name that is not in it does not compile.
[[nodiscard]] consteval const TroubleKind& trouble_kind(std::string_view name) {
  return *std::ranges::find(trouble_kinds, name, &TroubleKind::name);
}

}  // namespace sluice::api

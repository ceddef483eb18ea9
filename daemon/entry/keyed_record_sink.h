// Makes keyed records durable in the journal of their bureau's stream, each once: the id of the
// draft that it was keyed as is its cursor, so a form that is handed in twice is one record.
#pragma once

#include <expected>
#include <functional>
#include <memory>

#include "entry/form_checker.h"
#include "entry/running_drafts.h"
#include "journal/group_commit.h"
#include "record/failure.h"

namespace sluice::entry {

enum class SaveProblem {
  conflicting,      // the draft was saved before, with other content
  backlog_full,     // the journal holds as much as it may, or its disk does: later
  not_durable,      // nothing may be acknowledged
  schema_conflict,  // nothing of the dataset is taken until an operator has acted: later
};
using SaveFailure = record::Failure<SaveProblem>;

struct SavedRecord {
  journal::Placement placement;
  bool is_new = true;  // else it was saved before, with the same content
};

inline constexpr std::string_view draft_channel = "manual-entry";

// Thread-safe. All of a stream have the same running drafts, which keep apart two saves of one
// draft at a time. No other process saves drafts in the journal.
class KeyedRecordSink {
 public:
  using Saved = std::move_only_function<void(std::expected<SavedRecord, SaveFailure>)>;

  // Both must outlive every answer; the sink need not.
  KeyedRecordSink(journal::GroupCommit& commit, RunningDrafts& running);
  ~KeyedRecordSink();

  // `saved` is called where `commit` delivers its answers, once the record is durable or has
  // failed; it must not block. A draft's cursor is kept for ever (docs/decisions/0020).
  void save(DraftId draft, CheckedRecord record, Saved saved);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace sluice::entry

// Makes keyed records durable in the journal of their bureau's stream, each once: the id of the
// draft that it was keyed as is its cursor, so a form that is handed in twice is one record.
#pragma once

#include <expected>
#include <functional>
#include <memory>

#include "entry/form_checker.h"
#include "journal/group_commit.h"
#include "record/failure.h"
#include "record/identifiers.h"

namespace sluice::entry {

// Never given to two records, of whatever dataset; not empty.
using DraftId = record::Name<struct DraftTag>;

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

// Thread-safe; one a stream, since it keeps apart two saves of one draft at a time. No other
// process saves drafts in the journal.
class KeyedRecordSink {
 public:
  using Saved = std::move_only_function<void(std::expected<SavedRecord, SaveFailure>)>;

  // `commit` must outlive every answer; the sink need not.
  explicit KeyedRecordSink(journal::GroupCommit& commit);
  ~KeyedRecordSink();

  // `saved` is called where `commit` delivers its answers, once the record is durable or has
  // failed; it must not block. A draft's cursor is kept for ever (docs/decisions/0020).
  void save(DraftId draft, CheckedRecord record, Saved saved);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace sluice::entry

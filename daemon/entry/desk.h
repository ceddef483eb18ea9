// Where one bureau's forms are keyed: the checkers of its datasets, and the journal that takes what
// passes them.
#pragma once

#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "entry/form_checker.h"
#include "entry/keyed_record_sink.h"
#include "entry/running_drafts.h"
#include "journal/group_commit.h"
#include "journal/journal.h"
#include "journal/limits.h"

namespace sluice::entry {

// Thread-safe.
class Desk {
 public:
  // Why nothing of a dataset is to be taken now; nothing where it may. Any thread.
  using Objection = std::function<std::optional<std::string>(const record::DatasetId&)>;

  // At the stream's home. `running` is that of all its desks, and keeps apart two saves of one
  // draft; `on_failure` as of the group commit. `running` and what the datasets name must outlive
  // it. Fails where a code table is missing.
  [[nodiscard]] static std::expected<std::unique_ptr<Desk>, record::Flaw> make(
      const std::vector<KeyedDataset>& datasets, journal::Journal journal,
      const journal::Limits& limits, journal::GroupCommit::OnFailure on_failure,
      RunningDrafts& running, Objection objection = {});

  // By dataset. They live as long as the desk.
  [[nodiscard]] const std::map<record::DatasetId, FormChecker>& checkers() const {
    return checkers_;
  }
  // Null: nothing of this dataset is keyed here.
  [[nodiscard]] const FormChecker* find(const record::DatasetId& dataset) const;

  // Blocks until the record is durable, or has failed.
  [[nodiscard]] std::expected<SavedRecord, SaveFailure> save(const DraftId& draft,
                                                             CheckedRecord record);

 private:
  Desk(std::map<record::DatasetId, FormChecker> checkers, journal::Journal journal,
       const journal::Limits& limits, journal::GroupCommit::OnFailure on_failure,
       RunningDrafts& running, Objection objection);

  std::map<record::DatasetId, FormChecker> checkers_;
  // Answers on its own thread: whoever waits for one needs no other thread to go on.
  journal::GroupCommit commit_;
  KeyedRecordSink sink_;
  Objection objection_;
};

}  // namespace sluice::entry

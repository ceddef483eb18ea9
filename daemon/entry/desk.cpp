#include "entry/desk.h"

#include <future>
#include <utility>

#include "record/try.h"

namespace sluice::entry {

std::expected<std::unique_ptr<Desk>, record::Flaw> Desk::make(
    const std::vector<KeyedDataset>& datasets, journal::Journal journal,
    const journal::Limits& limits, journal::GroupCommit::OnFailure on_failure,
    RunningDrafts& running, Objection objection) {
  std::map<record::DatasetId, FormChecker> checkers;
  for (const KeyedDataset& keyed : datasets)
    checkers.emplace(keyed.dataset.id, SLUICE_TRY(FormChecker::make(keyed)));
  return std::unique_ptr<Desk>(new Desk(std::move(checkers), std::move(journal), limits,
                                        std::move(on_failure), running, std::move(objection)));
}

Desk::Desk(std::map<record::DatasetId, FormChecker> checkers, journal::Journal journal,
           const journal::Limits& limits, journal::GroupCommit::OnFailure on_failure,
           RunningDrafts& running, Objection objection)
    : checkers_(std::move(checkers)),
      commit_(std::move(journal), limits, std::move(on_failure)),
      sink_(commit_, running),
      objection_(std::move(objection)) {}

const FormChecker* Desk::find(const record::DatasetId& dataset) const {
  const auto found = checkers_.find(dataset);
  return found == checkers_.end() ? nullptr : &found->second;
}

std::expected<SavedRecord, SaveFailure> Desk::save(const DraftId& draft, CheckedRecord record) {
  using Answer = std::expected<SavedRecord, SaveFailure>;
  if (objection_) {
    if (auto why = objection_(record.submission().origin.dataset)) {
      return std::unexpected(SaveFailure{SaveProblem::schema_conflict, "", std::move(*why)});
    }
  }
  std::promise<Answer> promise;
  auto answer = promise.get_future();
  sink_.save(draft, std::move(record), [promise = std::move(promise)](Answer saved) mutable {
    promise.set_value(std::move(saved));
  });
  return answer.get();
}

}  // namespace sluice::entry

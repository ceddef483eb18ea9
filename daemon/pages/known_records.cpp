#include "pages/known_records.h"

#include <utility>

#include "record/try.h"

namespace sluice::pages {

namespace {
constexpr std::size_t most_askers = 1000;
}

bool KnownRecords::may_ask(const Asker& asker) {
  const record::Time now = clock_();
  const std::lock_guard lock(mutex_);
  // A clock that was set back pauses nothing for ever.
  const bool is_paused = failed_at_ && now >= *failed_at_ && now - *failed_at_ < pause;
  if (is_paused || asking_ >= most_at_once) return false;
  if (asked_.size() >= most_askers && !asked_.contains(asker)) asked_.clear();
  int& times = asked_[asker];
  if (times >= most_of_a_task) return false;
  ++times;
  ++asking_;
  return true;
}

void KnownRecords::done(bool has_failed) {
  const record::Time now = clock_();
  const std::lock_guard lock(mutex_);
  --asking_;
  if (has_failed) failed_at_ = now;
}

store::Result<std::optional<store::FoundRecord>> KnownRecords::ask(const record::Dataset& dataset,
                                                                   const record::Key& key) {
  auto lent = SLUICE_TRY(stores_.lend());
  return lent->find(dataset, key);
}

KnownRecords::Answer KnownRecords::find(const Asker& asker, const record::Dataset& dataset,
                                        const record::Key& key) {
  if (!may_ask(asker)) return {};
  auto found = ask(dataset, key);
  // A dataset of which nothing has come yet.
  const bool is_unknown = !found && found.error().code == store::StoreProblem::unknown_dataset;
  const bool has_failed = !found && !is_unknown;
  done(has_failed);
  if (has_failed) {
    log_.write<"known-records-unavailable">({{"reason", record::to_string(found.error())}});
    return {};
  }
  return {.is_told = true, .record = is_unknown ? std::nullopt : std::move(*found)};
}

}  // namespace sluice::pages

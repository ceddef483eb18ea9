// What the central store has taken in the last day, dataset by dataset. Asked at most once in a
// while, however many people look at the overview, so that looking costs the store nothing.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "record/identifiers.h"
#include "record/time.h"
#include "store/store.h"

namespace sluice::pages {

// Thread-safe.
class LatelyApplied {
 public:
  using Open = std::function<store::Result<std::unique_ptr<store::Store>>()>;
  using Days = std::map<record::DatasetId, store::Activity>;
  static constexpr std::chrono::hours span{1};
  static constexpr int spans = 24;
  static constexpr std::chrono::seconds asked_every{30};

  LatelyApplied(std::vector<record::DatasetId> datasets, Open open)
      : datasets_(std::move(datasets)), open_(std::move(open)) {}

  // Blocks who comes when it is to be asked; others get what was there before. Null: the store does
  // not answer.
  [[nodiscard]] std::shared_ptr<const Days> days(record::Time now);
  // Where the first span begins, for what days() gave at that moment.
  [[nodiscard]] static record::Time begin(record::Time now) { return now - span * spans; }

 private:
  [[nodiscard]] store::Result<Days> ask(record::Time now);

  std::vector<record::DatasetId> datasets_;
  Open open_;
  std::mutex asking_;  // one at a time; guards store_
  std::unique_ptr<store::Store> store_;
  std::mutex mutex_;  // guards what follows; never held while the store is asked
  std::shared_ptr<const Days> days_;
  std::optional<record::Time> asked_;
};

}  // namespace sluice::pages

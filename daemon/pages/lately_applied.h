// What the central store has taken in the last day, dataset by dataset.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "pages/asked_seldom.h"
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

  // Null: the store does not answer.
  [[nodiscard]] std::shared_ptr<const Days> days(record::Time now) { return asked_.answer(now); }
  // Where the first span begins, for what days() gave at that moment.
  [[nodiscard]] static record::Time begin(record::Time now) { return now - span * spans; }

 private:
  [[nodiscard]] store::Result<Days> ask(record::Time now);

  std::vector<record::DatasetId> datasets_;
  Open open_;
  std::unique_ptr<store::Store> store_;  // of who asks
  AskedSeldom<Days, store::StoreFailure> asked_{asked_every,
                                                [this](record::Time now) { return ask(now); }};
};

}  // namespace sluice::pages

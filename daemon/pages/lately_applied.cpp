#include "pages/lately_applied.h"

#include <utility>

#include "record/try.h"

namespace sluice::pages {

store::Result<LatelyApplied::Days> LatelyApplied::ask(record::Time now) {
  if (!store_) store_ = SLUICE_TRY(open_());
  Days days;
  for (const record::DatasetId& dataset : datasets_) {
    auto day = store_->activity(dataset, begin(now), span);
    if (!day) {
      store_.reset();
      return std::unexpected(std::move(day.error()));
    }
    days[dataset] = std::move(*day);
  }
  return days;
}

}  // namespace sluice::pages

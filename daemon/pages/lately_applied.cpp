#include "pages/lately_applied.h"

#include <utility>

#include "record/try.h"

namespace sluice::pages {

store::Result<LatelyApplied::Days> LatelyApplied::ask(record::Time now) {
  if (!store_) store_ = SLUICE_TRY(open_());
  Days days;
  for (const record::DatasetId& dataset : datasets_)
    days[dataset] = SLUICE_TRY(store_->activity(dataset, begin(now), span));
  return days;
}

std::shared_ptr<const LatelyApplied::Days> LatelyApplied::days(record::Time now) {
  const std::unique_lock asking(asking_, std::try_to_lock);
  {
    const std::lock_guard lock(mutex_);
    const bool is_fresh = asked_ && now - *asked_ < asked_every;
    if (is_fresh || (!asking && asked_)) return days_;
  }
  if (!asking) return nullptr;
  auto asked = ask(now);
  if (!asked) store_.reset();
  const std::lock_guard lock(mutex_);
  days_ = asked ? std::make_shared<const Days>(std::move(*asked)) : nullptr;
  asked_ = now;
  return days_;
}

}  // namespace sluice::pages

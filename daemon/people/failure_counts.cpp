#include "people/failure_counts.h"

#include <algorithm>

namespace sluice::people {
namespace {

// 30 s, 1, 2, 4, 8 and then 15 minutes: more failures make no difference, and are not remembered.
constexpr int most_doublings = 5;

}  // namespace

int FailureCounts::still_counted(const Count& count, record::Time now) const {
  const auto forgiven_each = std::chrono::milliseconds(failure_window) / allowed_;
  const record::Time since = count.waits_until.value_or(count.last);
  const int remembered = std::min(count.failures, allowed_ + most_doublings);
  if (now <= since) return remembered;
  const auto forgiven = std::min<std::int64_t>((now - since) / forgiven_each, remembered);
  return remembered - static_cast<int>(forgiven);
}

std::chrono::milliseconds FailureCounts::wait_after(int failures) const {
  const std::chrono::milliseconds doubled =
      shortest_wait * (1 << std::min(failures - allowed_, most_doublings));
  return std::min<std::chrono::milliseconds>(doubled, longest_wait);
}

std::optional<record::Time> FailureCounts::waits_until(std::string_view key,
                                                       record::Time now) const {
  const auto found = by_key_.find(key);
  if (found == by_key_.end() || !found->second->waits_until) return std::nullopt;
  // A clock that was set back keeps nobody out for longer.
  const record::Time until = std::min(*found->second->waits_until, now + longest_wait);
  if (until <= now) return std::nullopt;
  return until;
}

FailureCounts::Count& FailureCounts::first_of(const std::string& key) {
  const auto found = by_key_.find(key);
  if (found != by_key_.end()) {
    counts_.splice(counts_.begin(), counts_, found->second);
  } else {
    counts_.push_front({.key = key, .failures = 0, .last = {}, .waits_until = std::nullopt});
    by_key_.emplace(key, counts_.begin());
  }
  return counts_.front();
}

void FailureCounts::add(const std::string& key, record::Time now) {
  Count& count = first_of(key);
  count.failures = still_counted(count, now) + 1;
  count.last = now;
  count.waits_until.reset();
  if (count.failures >= allowed_) count.waits_until = now + wait_after(count.failures);
  if (counts_.size() > capacity_) {
    by_key_.erase(counts_.back().key);
    counts_.pop_back();
  }
}

void FailureCounts::take_back(std::string_view key) {
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return;
  Count& count = *found->second;
  count.failures = std::max(count.failures - 1, 0);
  count.waits_until.reset();
  if (count.failures == 0) forget(key);
}

void FailureCounts::forget(std::string_view key) {
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return;
  counts_.erase(found->second);
  by_key_.erase(found);
}

}  // namespace sluice::people

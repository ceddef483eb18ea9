#include "threads/slots.h"

namespace sluice::threads {

std::optional<Slots::Slot> Slots::take(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  const auto mine = waiting_.insert(waiting_.end(), Place{});
  const bool is_given =
      changed_.wait(lock, stop, [&] { return free_ > 0 && mine == waiting_.begin(); });
  waiting_.erase(mine);
  if (is_given) --free_;
  if (free_ > 0) changed_.notify_all();  // for who is first now
  if (!is_given) return std::nullopt;
  return Slot(*this);
}

void Slots::give_back() {
  const std::lock_guard lock(mutex_);
  ++free_;
  changed_.notify_all();
}

std::size_t Slots::waiting() const {
  const std::lock_guard lock(mutex_);
  return waiting_.size();
}

}  // namespace sluice::threads

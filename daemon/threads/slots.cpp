#include "threads/slots.h"

namespace sluice::threads {

std::optional<Slots::Slot> Slots::take(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  if (!changed_.wait(lock, stop, [&] { return free_ > 0; })) return std::nullopt;
  --free_;
  return Slot(*this);
}

void Slots::give_back() {
  const std::lock_guard lock(mutex_);
  ++free_;
  changed_.notify_one();
}

}  // namespace sluice::threads

#include "sqlite/write_turns.h"

namespace sluice::sqlite {

std::optional<WriteTurns::Turn> WriteTurns::take(std::chrono::milliseconds longest) {
  std::unique_lock lock(mutex_);
  const std::uint64_t number = came_++;
  waiting_.insert(number);
  const auto is_next = [&] { return *waiting_.begin() == number; };
  if (ended_.wait_for(lock, longest, is_next)) return std::optional<Turn>(std::in_place, *this);
  waiting_.erase(number);
  return std::nullopt;
}

std::uint64_t WriteTurns::came() const {
  const std::lock_guard lock(mutex_);
  return came_;
}

void WriteTurns::end() {
  {
    const std::lock_guard lock(mutex_);
    waiting_.erase(waiting_.begin());
  }
  ended_.notify_all();
}

}  // namespace sluice::sqlite

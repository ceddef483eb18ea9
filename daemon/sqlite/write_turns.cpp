#include "sqlite/write_turns.h"

namespace sluice::sqlite {

WriteTurns::Turn WriteTurns::take() {
  std::unique_lock lock(mutex_);
  const std::uint64_t before = came_++;
  ended_.wait(lock, [&] { return done_ == before; });
  return Turn(*this);
}

std::uint64_t WriteTurns::came() const {
  const std::lock_guard lock(mutex_);
  return came_;
}

void WriteTurns::end() {
  {
    const std::lock_guard lock(mutex_);
    ++done_;
  }
  ended_.notify_all();
}

}  // namespace sluice::sqlite

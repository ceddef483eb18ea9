// What a child process may use up of the machine.
#pragma once

#include <chrono>
#include <cstdint>

#include <sys/types.h>

namespace sluice::runs {

// 0: as much as it likes.
struct ChildLimits {
  std::chrono::seconds time{0};  // by the clock on the wall: its parent's to see to
  std::chrono::seconds cpu{0};
  std::uint64_t memory_bytes = 0;  // of its own data (RLIMIT_DATA)
  friend bool operator==(const ChildLimits&, const ChildLimits&) = default;
};

// All but the time. One that has ended already is not limited any more.
void set_limits(pid_t child, const ChildLimits& limits);

}  // namespace sluice::runs

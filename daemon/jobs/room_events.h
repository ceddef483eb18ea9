// A journal that is full makes a job wait, and the job says so.
#pragma once

#include <functional>
#include <string>

namespace sluice::jobs {

// Told on a thread of the run's.
struct RoomEvents {
  std::function<void(const std::string& reason)> waiting;  // again and again while it waits
  std::function<void()> over;
};

}  // namespace sluice::jobs

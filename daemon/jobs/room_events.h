// A journal that is full makes a run wait. The run says so on standard error, so that who started
// it can tell why its time passed.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace sluice::jobs {

// Told on a thread of the run's.
struct RoomEvents {
  std::function<void(const std::string& reason)> waiting;  // again and again while it waits
  std::function<void()> over;
};

// What the line on standard error begins with, and with which word it is taken back.
inline constexpr std::string_view waiting_for_room = "waiting for room: ";
inline constexpr std::string_view room_again = "there is room again";

}  // namespace sluice::jobs

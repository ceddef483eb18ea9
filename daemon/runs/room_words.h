// What a run says on standard error while it waits for a journal that is full, so that who started
// it can tell why its time passed.
#pragma once

#include <string_view>

namespace sluice::runs {

// What the line begins with, and with which word it is taken back.
inline constexpr std::string_view waiting_for_room = "waiting for room: ";
inline constexpr std::string_view room_again = "there is room again";

}  // namespace sluice::runs

// Says on standard error when a run waits for room in the journal, and when it no longer does.
#pragma once

#include <cstdio>

#include <fmt/format.h>

#include "jobs/room_events.h"
#include "runs/room_words.h"

namespace sluice::commands {

class RoomNotice {
 public:
  // The notice must outlive them.
  [[nodiscard]] jobs::RoomEvents events() {
    return {[this](const std::string& reason) {
              if (!told_) fmt::print(stderr, "sluice: {}{}\n", runs::waiting_for_room, reason);
              told_ = true;
            },
            [this] {
              if (told_) fmt::print(stderr, "sluice: {}\n", runs::room_again);
              told_ = false;
            }};
  }

 private:
  bool told_ = false;  // of the wait that goes on
};

}  // namespace sluice::commands

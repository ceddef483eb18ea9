#include "node/room_watch.h"

#include <chrono>

#include "threads/sleep.h"

namespace sluice::node {
namespace {

constexpr std::chrono::milliseconds look_at_room_again{1000};

// Of a quarantine's limit: time enough for people to deal with it, and when they have.
constexpr double filling_share = 0.8;
constexpr double calm_share = 0.7;

}  // namespace

RoomWatch::RoomWatch(Surroundings surroundings)
    : surroundings_(surroundings), thread_([this](const std::stop_token& stop) { run(stop); }) {}

void RoomWatch::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    look_at_disk();
    look_at_quarantines();
    threads::sleep_for(stop, look_at_room_again);
  }
}

void RoomWatch::look_at_disk() {
  observe::Log& log = surroundings_.log;
  if (const auto why = surroundings_.disk.distrusted(); why && !was_distrusted_) {
    was_distrusted_ = true;
    log.write<"disk-not-trusted">({{"reason", *why}});
  }
  const auto room = surroundings_.disk.room();
  if (!room || room->is_short == was_short_) return;
  was_short_ = room->is_short;
  if (was_short_) {
    log.write<"disk-short">({{"free", room->space.free}, {"reserve", room->reserve}});
  } else {
    log.write<"disk-has-room">({{"free", room->space.free}, {"reserve", room->reserve}});
  }
}

void RoomWatch::look_at_quarantines() {
  const auto limit = static_cast<double>(surroundings_.quarantine_limit);
  for (const auto& [bureau, stream] : surroundings_.streams) {
    const auto kept = stream->kept();
    if (!kept) continue;  // whoever writes there says so
    const auto bytes = static_cast<double>(kept->quarantine_bytes);
    if (bytes < calm_share * limit) filling_.erase(bureau);
    if (bytes < filling_share * limit || !filling_.insert(bureau).second) continue;
    surroundings_.log.write<"quarantine-filling">({{"bureau", bureau.str()},
                                                   {"bytes", kept->quarantine_bytes},
                                                   {"limit", surroundings_.quarantine_limit}});
  }
}

}  // namespace sluice::node

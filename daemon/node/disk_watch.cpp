#include "node/disk_watch.h"

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace sluice::node {
namespace {

constexpr std::chrono::milliseconds look_at_disk_again{1000};

}  // namespace

DiskWatch::DiskWatch(files::StateDisk& disk, observe::Log& log)
    : disk_(disk), log_(log), thread_([this](const std::stop_token& stop) { run(stop); }) {}

void DiskWatch::run(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any woken;
  while (!stop.stop_requested()) {
    look();
    std::unique_lock lock(mutex);
    woken.wait_for(lock, stop, look_at_disk_again, [] { return false; });
  }
}

void DiskWatch::look() {
  if (const auto why = disk_.distrusted(); why && !was_distrusted_) {
    was_distrusted_ = true;
    log_.write<"disk-not-trusted">({{"reason", *why}});
  }
  const auto room = disk_.room();
  if (!room || room->is_short == was_short_) return;
  was_short_ = room->is_short;
  if (was_short_) {
    log_.write<"disk-short">({{"free", room->space.free}, {"reserve", room->reserve}});
  } else {
    log_.write<"disk-has-room">({{"free", room->space.free}, {"reserve", room->reserve}});
  }
}

}  // namespace sluice::node

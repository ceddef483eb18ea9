// Looks after what a node's state has to lie on, so that the log says at once what others only find
// when they write: that the disk is no longer trusted or short of room, that a quarantine fills.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <thread>

#include "files/state_disk.h"
#include "node/stream.h"
#include "observe/log.h"

namespace sluice::node {

// Owns its thread.
class RoomWatch {
 public:
  // All must outlive it.
  struct Surroundings {
    files::StateDisk& disk;
    const std::map<record::BureauId, std::unique_ptr<Stream>>& streams;
    std::uint64_t quarantine_limit = 0;  // bytes, of each
    observe::Log& log;
  };
  explicit RoomWatch(Surroundings surroundings);
  ~RoomWatch() = default;
  RoomWatch(const RoomWatch&) = delete;
  RoomWatch& operator=(const RoomWatch&) = delete;

 private:
  void run(const std::stop_token& stop);
  void look_at_disk();
  void look_at_quarantines();

  Surroundings surroundings_;
  bool was_distrusted_ = false;  // the thread's, as the next two
  bool was_short_ = false;
  std::set<record::BureauId> filling_;
  std::jthread thread_;  // last: joined before the rest goes
};

}  // namespace sluice::node

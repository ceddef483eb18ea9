// Looks after the disk of the node's state, so that the log says at once what others only find when
// they write: that it is no longer trusted, or short of room.
#pragma once

#include <thread>

#include "files/state_disk.h"
#include "observe/log.h"

namespace sluice::node {

// Owns its thread.
class DiskWatch {
 public:
  // Both must outlive it.
  DiskWatch(files::StateDisk& disk, observe::Log& log);
  ~DiskWatch() = default;
  DiskWatch(const DiskWatch&) = delete;
  DiskWatch& operator=(const DiskWatch&) = delete;

 private:
  void run(const std::stop_token& stop);
  void look();

  files::StateDisk& disk_;
  observe::Log& log_;
  bool was_distrusted_ = false;  // the thread's, as the next
  bool was_short_ = false;
  std::jthread thread_;  // last: joined before the rest goes
};

}  // namespace sluice::node

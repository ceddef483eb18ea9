// What each caller uses of what all of them share, so that a bureau, a node or a browser that is
// out of order can not use it up for the others.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>

#include "trust/caller.h"

namespace sluice::server {

struct Share {
  std::atomic<std::uint64_t> connections{0};
  std::atomic<std::uint64_t> body_bytes{0};
};

// Thread-safe.
class Shares {
 public:
  // One for each bureau, node and visitor's address; all strangers have one together. It is kept
  // while somebody holds it.
  [[nodiscard]] std::shared_ptr<Share> of(const trust::Caller& who) {
    const std::lock_guard lock(mutex_);
    if (shares_.size() >= sweep_at_) sweep();
    auto& known = shares_[who];
    auto share = known.lock();
    if (!share) known = share = std::make_shared<Share>();
    return share;
  }

 private:
  // Addresses come and go: those that nobody uses are forgotten, each at the cost of its coming.
  void sweep() {
    std::erase_if(shares_, [](const auto& entry) { return entry.second.expired(); });
    sweep_at_ = std::max<std::size_t>(64, 2 * shares_.size());
  }

  std::mutex mutex_;
  std::size_t sweep_at_ = 64;
  std::map<trust::Caller, std::weak_ptr<Share>> shares_;
};

}  // namespace sluice::server

// What each caller uses of what all of them share, so that a bureau or a node that is out of order
// can not use it up for the others.
#pragma once

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
  // As many as there are bureaus and nodes; all strangers have one together.
  [[nodiscard]] std::shared_ptr<Share> of(const trust::Caller& who) {
    const std::lock_guard lock(mutex_);
    auto& share = shares_[who];
    if (!share) share = std::make_shared<Share>();
    return share;
  }

 private:
  std::mutex mutex_;
  std::map<trust::Caller, std::shared_ptr<Share>> shares_;
};

}  // namespace sluice::server

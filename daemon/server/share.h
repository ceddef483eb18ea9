// What each bureau or node uses of what all of them share, so that one that is out of order can not
// use it up for the others.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace sluice::server {

struct Share {
  std::atomic<std::uint64_t> connections{0};
  std::atomic<std::uint64_t> body_bytes{0};
};

// Thread-safe.
class Shares {
 public:
  // `who` names a bureau or a node, or is empty for all peers that are neither. As many as there
  // are of both.
  [[nodiscard]] std::shared_ptr<Share> of(const std::string& who) {
    const std::lock_guard lock(mutex_);
    auto& share = shares_[who];
    if (!share) share = std::make_shared<Share>();
    return share;
  }

 private:
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Share>> shares_;
};

}  // namespace sluice::server

// How many bytes of request bodies may be in memory at once, over all connections and for one
// bureau.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "observe/metrics.h"
#include "server/share.h"

namespace sluice::server {

// Thread-safe.
class BodyMemory {
 public:
  BodyMemory(std::uint64_t limit, observe::Metrics::Gauge& gauge) : limit_(limit), gauge_(gauge) {}

  // From now on. What is taken beyond it stays until it is given back.
  void allow(std::uint64_t limit) { limit_ = limit; }

  [[nodiscard]] bool take(std::uint64_t bytes, Share& share) {
    const std::uint64_t limit = limit_;
    // Half for one leaves half for the others, however many slow senders it has.
    if (!add(share.body_bytes, bytes, limit / 2)) return false;
    if (!add(taken_, bytes, limit)) {
      share.body_bytes -= bytes;
      return false;
    }
    gauge_.Increment(static_cast<double>(bytes));
    return true;
  }
  void give_back(std::uint64_t bytes, Share& share) {
    share.body_bytes -= bytes;
    taken_ -= bytes;
    gauge_.Decrement(static_cast<double>(bytes));
  }

 private:
  static bool add(std::atomic<std::uint64_t>& sum, std::uint64_t bytes, std::uint64_t limit) {
    if (sum.fetch_add(bytes) + bytes <= limit) return true;
    sum -= bytes;
    return false;
  }

  std::atomic<std::uint64_t> limit_;
  std::atomic<std::uint64_t> taken_{0};
  observe::Metrics::Gauge& gauge_;
};

// One body that is too large for its connection's buffer. Counts what it holds, not what its sender
// announced, so that who announces much and sends nothing takes nothing from the others.
class LargeBody {
 public:
  explicit LargeBody(BodyMemory& memory) : memory_(&memory) {}
  ~LargeBody() { release(); }
  LargeBody(const LargeBody&) = delete;
  LargeBody& operator=(const LargeBody&) = delete;

  // Whose body it is, and what memory it comes from; while nothing is reserved.
  void charge_to(std::shared_ptr<Share> share) { share_ = std::move(share); }
  void draw_from(BodyMemory& memory) { memory_ = &memory; }
  // Room for `bytes` in all; false: the memory is used up.
  [[nodiscard]] bool reserve(std::uint64_t bytes) {
    if (bytes <= taken_) return true;
    if (!memory_->take(bytes - taken_, *share_)) return false;
    taken_ = bytes;
    bytes_.reserve(bytes);
    return true;
  }
  void release() {
    if (taken_ == 0) return;
    memory_->give_back(taken_, *share_);
    taken_ = 0;
    bytes_ = std::string();
  }
  [[nodiscard]] std::string& bytes() { return bytes_; }
  [[nodiscard]] std::uint64_t reserved() const { return taken_; }

 private:
  BodyMemory* memory_;
  std::shared_ptr<Share> share_;
  std::uint64_t taken_ = 0;
  std::string bytes_;
};

}  // namespace sluice::server

// Keeps what a node sends below a rate, over all of its streams: a token bucket.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>

namespace sluice::link {

// Thread-safe.
class Bandwidth {
 public:
  using Clock = std::chrono::steady_clock;

  // Nothing: no limit.
  explicit Bandwidth(std::optional<std::uint64_t> bytes_per_second) : rate_(bytes_per_second) {}

  // How much to send at once, at most `largest`: little enough for the rate to be even.
  [[nodiscard]] std::size_t piece(std::size_t largest) const {
    constexpr std::uint64_t smallest = 1024;
    if (!rate_) return largest;
    return std::min<std::uint64_t>(largest, std::max(smallest, *rate_ / 10));
  }

  // Takes the right to send `bytes`, and says how long to wait before they are sent. What was not
  // used is saved up for `burst`, no longer.
  [[nodiscard]] Clock::duration take(std::uint64_t bytes, Clock::time_point now) {
    if (!rate_) return Clock::duration::zero();
    const std::lock_guard lock(mutex_);
    if (free_at_ < now - burst) free_at_ = now - burst;
    const Clock::duration wait = free_at_ - now;
    free_at_ += std::chrono::duration_cast<Clock::duration>(
        std::chrono::duration<double>(static_cast<double>(bytes) / static_cast<double>(*rate_)));
    return wait > Clock::duration::zero() ? wait : Clock::duration::zero();
  }

 private:
  static constexpr std::chrono::milliseconds burst{100};
  std::optional<std::uint64_t> rate_;
  std::mutex mutex_;
  Clock::time_point free_at_{};  // when the next byte may go
};

}  // namespace sluice::link

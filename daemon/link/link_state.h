// How a stream's batches get on towards the center: for `sluice status`, and so that a long outage
// is one line in the log and not one an attempt.
#pragma once

#include <chrono>
#include <mutex>
#include <optional>
#include <string>

#include "link/link.h"
#include "record/manifest.h"

namespace sluice::link {

// Thread-safe.
class LinkState {
 public:
  struct Snapshot {
    std::optional<record::Time> held_back_since;
    std::string reason;  // while it is held back
    std::optional<record::Time> last_receipt;
    // Since when it has been getting on; nothing: it is held back, or nothing came back yet.
    std::optional<record::Time> up_since = {};
  };

  // True: the log has not been told of this yet.
  [[nodiscard]] bool held_back(const link::LinkFailure& failure, record::Time now) {
    const std::lock_guard lock(mutex_);
    std::string reason = record::to_string(failure);
    const bool is_news = !state_.held_back_since || state_.reason != reason;
    if (!state_.held_back_since) state_.held_back_since = now;
    state_.up_since.reset();
    state_.reason = std::move(reason);
    return is_news;
  }
  // For how long it had been held back; nothing: it had not.
  [[nodiscard]] std::optional<std::chrono::seconds> receipt_came(record::Time now) {
    const std::lock_guard lock(mutex_);
    state_.last_receipt = now;
    return end(now);
  }
  // The same, though there is nothing that a receipt could come for.
  [[nodiscard]] std::optional<std::chrono::seconds> restored(record::Time now) {
    const std::lock_guard lock(mutex_);
    return end(now);
  }
  [[nodiscard]] Snapshot snapshot() const {
    const std::lock_guard lock(mutex_);
    return state_;
  }

 private:
  // With the mutex held.
  std::optional<std::chrono::seconds> end(record::Time now) {
    if (!state_.up_since) state_.up_since = now;
    if (!state_.held_back_since) return std::nullopt;
    const auto since = *state_.held_back_since;
    state_.held_back_since.reset();
    state_.reason.clear();
    return std::chrono::duration_cast<std::chrono::seconds>(now - since);
  }

  mutable std::mutex mutex_;
  Snapshot state_;  // guarded by mutex_
};

}  // namespace sluice::link

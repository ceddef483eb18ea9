// Makes the checkpoints of the center's ledger, a step at a time, and holds the newest one ready
// for receipts.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "record/checkpoint.h"
#include "store/checkpoint.h"
#include "store/store.h"

namespace sluice::exchange {

// Thread-safe: one makes them, and many sign.
class NewestCheckpoint {
 public:
  [[nodiscard]] std::optional<record::Checkpoint> get() const {
    const std::lock_guard lock(mutex_);
    return newest_;
  }
  void set(std::optional<record::Checkpoint> newest) {
    const std::lock_guard lock(mutex_);
    newest_ = std::move(newest);
  }

 private:
  mutable std::mutex mutex_;
  std::optional<record::Checkpoint> newest_;  // guarded by mutex_
};

// One owner, one thread. Blocks as long as its store does, and nobody waits for it.
class CheckpointMaker {
 public:
  struct Surroundings {
    std::function<store::Result<std::unique_ptr<store::Store>>()> open;  // a store of its own
    // Why nothing is to be written now; nothing where it may.
    std::function<std::optional<std::string>()> obstacle;
    std::function<std::chrono::steady_clock::time_point()> steady;
  };
  struct Events {
    std::function<void()> made;
    std::function<void(const store::CheckpointLine&)> begun;
    // None could be made for a while, or none that covers anything new though an entry is under
    // way, and why; once an outage.
    std::function<void(const std::string& reason)> late;
    // The store has not the one any more that was made last, though it is the same store.
    std::function<void(const record::Checkpoint& last)> gone;
  };
  // None could be made for so long: it is told.
  static constexpr std::chrono::seconds late_after{60};

  CheckpointMaker(Surroundings surroundings, Events events,
                  std::shared_ptr<NewestCheckpoint> newest);

  // Whether there is more to be made at once.
  bool step();

 private:
  // Whether there is more to be done at once.
  [[nodiscard]] bool make_or_tell();
  [[nodiscard]] store::Result<store::CheckpointStep> make();
  void take(const store::CheckpointStep& step);
  void fail(const std::string& reason);

  Surroundings surroundings_;
  Events events_;
  std::shared_ptr<NewestCheckpoint> newest_;
  std::unique_ptr<store::Store> store_;
  std::chrono::steady_clock::time_point worked_at_;
  bool is_late_ = false;
};

}  // namespace sluice::exchange

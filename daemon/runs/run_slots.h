// How many runs may be under way at once, whichever bureaus they are of.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <stop_token>

namespace sluice::runs {

// Thread-safe.
class RunSlots {
 public:
  explicit RunSlots(std::size_t slots) : free_(slots) {}

  // The right to one run, given back when it goes; must not outlive the slots.
  class Slot {
   public:
    Slot(Slot&& other) noexcept : slots_(other.slots_) { other.slots_ = nullptr; }
    Slot& operator=(Slot&&) = delete;
    ~Slot() {
      if (slots_ != nullptr) slots_->give_back();
    }

   private:
    friend class RunSlots;
    explicit Slot(RunSlots& slots) : slots_(&slots) {}
    RunSlots* slots_;
  };

  // Waits for one; nothing where asked to stop.
  [[nodiscard]] std::optional<Slot> take(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait(lock, stop, [&] { return free_ > 0; })) return std::nullopt;
    --free_;
    return Slot(*this);
  }

 private:
  void give_back() {
    const std::lock_guard lock(mutex_);
    ++free_;
    changed_.notify_one();
  }

  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::size_t free_;  // guarded by mutex_
};

}  // namespace sluice::runs

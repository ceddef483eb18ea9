// How many may do a thing at once, where the others wait for their turn.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>

namespace sluice::threads {

// Thread-safe.
class Slots {
 public:
  explicit Slots(std::size_t slots) : free_(slots) {}
  Slots(const Slots&) = delete;
  Slots& operator=(const Slots&) = delete;

  // The right to do it, given back when it goes; must not outlive the slots.
  class Slot {
   public:
    Slot(Slot&& other) noexcept : slots_(std::exchange(other.slots_, nullptr)) {}
    Slot& operator=(Slot&&) = delete;
    ~Slot() {
      if (slots_ != nullptr) slots_->give_back();
    }

   private:
    friend class Slots;
    explicit Slot(Slots& slots) : slots_(&slots) {}
    Slots* slots_;
  };

  // Waits for one; nothing where asked to stop.
  [[nodiscard]] std::optional<Slot> take(const std::stop_token& stop);

 private:
  void give_back();

  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::size_t free_;  // guarded by mutex_
};

}  // namespace sluice::threads

// How many may do a thing at once, where the others wait for their turn, in the order in which they
// came: who gives a slot back and wants the next one comes behind those who wait already.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <list>
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
  [[nodiscard]] std::size_t waiting() const;

 private:
  struct Place {};
  void give_back();

  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::size_t free_;          // guarded by mutex_
  std::list<Place> waiting_;  // guarded by mutex_; the first is next
};

}  // namespace sluice::threads

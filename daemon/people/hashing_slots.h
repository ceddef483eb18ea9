// How many passwords are hashed at the same time in this process: each takes 64 MiB and a
// processor, and strangers may ask for it.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>

namespace sluice::people {

// Whether somebody has signed in from there before: the last places in the queue are kept for them,
// so that strangers who fill it do not keep them out.
enum class Comer { stranger, known };

// Thread-safe.
class HashingSlots {
 public:
  static constexpr std::size_t most_at_once = 2;
  static constexpr std::size_t most_waiting = 16;
  static constexpr std::size_t most_strangers_waiting = 12;

  // Is let go of when it goes. Not longer than its slots.
  class Slot {
   public:
    Slot(Slot&& other) noexcept;
    Slot& operator=(Slot&&) = delete;
    ~Slot();

   private:
    friend class HashingSlots;
    explicit Slot(HashingSlots& slots) : slots_(&slots) {}
    HashingSlots* slots_;
  };

  // Waits for one, for a second or two at most; nothing at once where too many wait already.
  [[nodiscard]] std::optional<Slot> take(Comer comer);

  [[nodiscard]] std::size_t waiting() const;

 private:
  mutable std::mutex mutex_;
  std::condition_variable is_free_;
  std::size_t taken_ = 0;
  std::size_t waiting_ = 0;
};

}  // namespace sluice::people

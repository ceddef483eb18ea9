#include "people/hashing_slots.h"

#include <utility>

namespace sluice::people {

HashingSlots::Slot::Slot(Slot&& other) noexcept : slots_(std::exchange(other.slots_, nullptr)) {}

HashingSlots::Slot::~Slot() {
  if (slots_ == nullptr) return;
  {
    const std::scoped_lock lock(slots_->mutex_);
    --slots_->taken_;
  }
  slots_->is_free_.notify_one();
}

std::optional<HashingSlots::Slot> HashingSlots::take(Comer comer) {
  std::unique_lock lock(mutex_);
  if (taken_ >= most_at_once) {
    if (waiting_ >= (comer == Comer::known ? most_waiting : most_strangers_waiting)) {
      return std::nullopt;
    }
    ++waiting_;
    is_free_.wait(lock, [this] { return taken_ < most_at_once; });
    --waiting_;
  }
  ++taken_;
  return Slot(*this);
}

std::size_t HashingSlots::waiting() const {
  const std::scoped_lock lock(mutex_);
  return waiting_;
}

}  // namespace sluice::people

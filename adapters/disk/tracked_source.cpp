#include "adapters/disk/tracked_source.h"

#include <string_view>

namespace sluice::adapters::disk {

std::expected<std::size_t, CollectionFailure> TrackedSource::read(std::span<char> room) {
  const auto count = file_.read(room);
  if (!count) return count;
  digest_.update(std::string_view(room.data(), *count));
  bytes_ += *count;
  if (bytes_ - told_ >= progress_step_bytes) {
    told_ = bytes_;
    tell();
    if (auto unchanged = file_.check_unchanged(); !unchanged) {
      return std::unexpected(unchanged.error());
    }
  }
  return count;
}

}  // namespace sluice::adapters::disk

#include "adapters/disk/tracked_source.h"

#include <string_view>

#include "record/try.h"

namespace sluice::adapters::disk {

Result<std::size_t> TrackedSource::read(std::span<char> room) {
  const auto count = file_.read(room);
  if (!count) return count;
  digest_.update(std::string_view(room.data(), *count));
  bytes_ += *count;
  if (bytes_ - told_ >= progress_step_bytes) {
    told_ = bytes_;
    tell();
    SLUICE_TRY(file_.check_unchanged());
  }
  return count;
}

}  // namespace sluice::adapters::disk

// Bytes that somebody has read already, as a source: a quarantined row, a sheet that came with a
// form.
#pragma once

#include <algorithm>
#include <cstring>
#include <string_view>

#include "adapters/disk/byte_source.h"

namespace sluice::adapters::disk {

// What it views must outlive it.
class BytesInMemory final : public ByteSource {
 public:
  explicit BytesInMemory(std::string_view bytes) : left_(bytes) {}

  [[nodiscard]] Result<std::size_t> read(std::span<char> room) override {
    const std::size_t count = std::min(room.size(), left_.size());
    std::memcpy(room.data(), left_.data(), count);
    left_.remove_prefix(count);
    return count;
  }

 private:
  std::string_view left_;
};

}  // namespace sluice::adapters::disk

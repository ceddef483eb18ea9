// Where the bytes of a delivery come from: a file, or what a test makes up.
#pragma once

#include <cstddef>
#include <expected>
#include <span>

#include "adapters/adapter.h"

namespace sluice::adapters::disk {

// One owner, one thread. Blocks.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // Fills the front of `room`, which is not empty; 0 bytes is the end, and stays so.
  [[nodiscard]] virtual Result<std::size_t> read(std::span<char> room) = 0;
};

}  // namespace sluice::adapters::disk

// What a node remembers of its embedded store beside it, so that one which is gone, or another one
// in its place, is not taken for an empty store in which everything is new: its incarnation. In the
// file in which the journals are remembered.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <optional>

#include "store/store.h"

namespace sluice::installation {

// Makes nothing but the file, if that is not there. Several processes may have it open.
class StoreMemory {
 public:
  explicit StoreMemory(std::filesystem::path file) : file_(std::move(file)) {}

  [[nodiscard]] store::Result<std::optional<std::uint32_t>> find() const;
  // In place of what was there; durable when it returns.
  [[nodiscard]] store::Result<void> replace(std::uint32_t incarnation) const;

 private:
  std::filesystem::path file_;
};

}  // namespace sluice::installation

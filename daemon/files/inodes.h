// How many more files a file system can take: one that has none left is full, whatever its bytes
// say.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace sluice::files {

struct Inodes {
  std::uint64_t free = 0;  // for who is not root
  std::uint64_t total = 0;
};
// Of the one that `path` lies on; nothing where it does not count them, or can not be asked.
[[nodiscard]] std::optional<Inodes> inodes_of(const std::filesystem::path& path);

}  // namespace sluice::files

// Which keys a delivery has shown so far, in memory that does not grow with it: a filter that knows
// of almost every new key that it is new, and the keys themselves in a file that is read only for
// the rest.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>

#include "record/digest.h"

namespace sluice::intake {

class KeySet {
 public:
  // `directory` takes a nameless temporary file: 24 bytes a key. About 40 MiB of memory.
  // Throws std::system_error where the directory does not take it, then or later.
  explicit KeySet(const std::filesystem::path& directory);
  ~KeySet();
  KeySet(const KeySet&) = delete;
  KeySet& operator=(const KeySet&) = delete;

  // Adds a key found at `place`. If it was there, nothing changes, and its first place is returned.
  [[nodiscard]] std::optional<std::uint64_t> insert(const record::RowDigest& key,
                                                    std::uint64_t place);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sluice::intake

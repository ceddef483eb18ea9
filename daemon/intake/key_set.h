// Which keys a delivery has shown so far, and with which content, in memory that does not grow with
// it: a filter that knows of almost every new key that it is new, and the keys themselves in a file
// that is read only for the rest.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>

#include "record/digest.h"

namespace sluice::intake {

class KeySet {
 public:
  // `directory` takes a nameless temporary file: 40 bytes a key. About 44 MiB of memory.
  // Throws std::system_error where the directory does not take it, then or later.
  explicit KeySet(const std::filesystem::path& directory);
  ~KeySet();
  KeySet(const KeySet&) = delete;
  KeySet& operator=(const KeySet&) = delete;

  // Where a key was found first.
  struct First {
    std::uint64_t place = 0;
    bool has_same_content = false;
  };
  // Adds a key found at `place` with `content`. If it was there, nothing changes, and what was
  // found first is returned.
  [[nodiscard]] std::optional<First> insert(const record::RowDigest& key,
                                            const record::RowDigest& content, std::uint64_t place);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sluice::intake

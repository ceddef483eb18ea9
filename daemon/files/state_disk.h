// The disk that a node's state lies on, as everybody must see it who answers for what is written
// there: whether its word can be trusted, and whether there is room. What one process of the node
// finds out, all of them heed.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::files {

// Of a file system, in bytes.
struct Space {
  std::uint64_t free = 0;  // for who is not root
  std::uint64_t total = 0;
};
// Of the one that `path` lies on; nothing where it can not be told.
[[nodiscard]] std::optional<Space> space_of(const std::filesystem::path& path);

// What is to stay free for receipts, checkpoints and the audit log, without which nothing that was
// taken could be let go of.
[[nodiscard]] std::uint64_t usual_reserve(std::uint64_t total);

// Thread-safe.
class StateDisk {
 public:
  // Told anew whenever it is asked for.
  using Measure = std::function<std::optional<Space>()>;

  // `mark` is the file by which processes tell one another that an fsync has failed. `reserve`:
  // bytes; nothing: the usual one.
  StateDisk(std::filesystem::path mark, std::optional<std::uint64_t> reserve, Measure measure);

  // An fsync has failed: from now on distrusted() says why, here and in all other processes. Those
  // are told as well as such a disk allows.
  void distrust(std::string_view reason);
  // Why nothing that is written there is to be acknowledged any more; nothing while all is well.
  // What was said once holds for as long as the process lives, whatever becomes of the mark.
  [[nodiscard]] std::optional<std::string> distrusted();
  // Everything was written and fsynced anew, so all is forgotten, and the mark goes. False: errno
  // says why it can not.
  [[nodiscard]] bool trust_again();

  // Why nothing more is to be taken in: less is free than the reserve. It ends when a quarter more
  // than that is free, so that it does not come and go with each file.
  [[nodiscard]] std::optional<std::string> shortage();

  struct Room {
    Space space;
    std::uint64_t reserve = 0;
    bool is_short = false;
  };
  // As shortage() sees it; nothing where it can not be told.
  [[nodiscard]] std::optional<Room> room();

 private:
  const std::filesystem::path mark_;
  const std::optional<std::uint64_t> reserve_;
  const Measure measure_;
  std::mutex mutex_;
  std::optional<std::string> reason_;  // guarded by mutex_
  std::atomic<bool> is_short_ = false;
};

}  // namespace sluice::files

// Moves a file's write-ahead log into the file beside those who write to it. SQLite, left to do it
// by itself, has it done by whoever's commit brings the log to a thousand pages: of people who save
// again and again, one in some tens waited for all that the others had written, and what the disk
// said to that was swallowed.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include "sqlite/database.h"
#include "sqlite/write_turns.h"

namespace sluice::sqlite {

struct CheckpointPages {
  int due = 8000;  // of 4 KiB, after which the log is moved
  // After which nobody may write while the rest of it is moved: a log is begun anew only where all
  // of it is in the file, and whoever writes without a pause would have it grow for ever.
  int too_many = 24'000;
};

// Thread-safe. One a file and process; has a thread of its own, from the first time that it is due.
class Checkpoints {
 public:
  // `turns` are those of who writes to the file here, and must outlive this.
  Checkpoints(std::filesystem::path file, WriteTurns& turns, OnFailedSync told = {},
              CheckpointPages pages = {});
  ~Checkpoints();
  Checkpoints(const Checkpoints&) = delete;
  Checkpoints& operator=(const Checkpoints&) = delete;

  // After a commit that left so many pages in the log (Database::tell_log). Blocks for nothing.
  void logged(int pages);

  // The disk has failed to take what was in the log, and says no such thing twice: what is not in
  // the file may be gone. Nothing: it has not.
  [[nodiscard]] std::optional<Error> failure() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sluice::sqlite

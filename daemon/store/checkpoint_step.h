// How a checkpoint is made, whatever store it is of: what the store's tables do for it, and in
// which order they are asked.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "store/checkpoint.h"

namespace sluice::store {

// What is entered at once.
struct NewCheckpoints {
  std::optional<CheckpointLine> line;
  std::optional<KeptCheckpoint> checkpoint;
};

// How far entries are settled, committed or given up.
struct SettledIds {
  std::int64_t up_to = 0;
  bool is_all = true;  // that were drawn: none is under way
};

// A store's tables, which are there.
class CheckpointTables {
 public:
  virtual ~CheckpointTables() = default;

  // The line that began last; nothing: none did.
  [[nodiscard]] virtual Result<std::optional<CheckpointLine>> latest_line() = 0;
  [[nodiscard]] virtual Result<std::optional<record::Checkpoint>> last_of(
      const std::string& line) = 0;
  // From `after` on; waits for nobody. read() must see all of them.
  [[nodiscard]] virtual Result<SettledIds> settled(std::int64_t after) = 0;
  // Those after the one and up to the other, in the order of their ids, and no more than `most`.
  [[nodiscard]] virtual Result<void> read(
      std::int64_t after, std::int64_t up_to, std::size_t most,
      const std::function<void(const ChainedEntry&)>& consume) = 0;
  // All or nothing; fails where another center has entered these meanwhile.
  [[nodiscard]] virtual Result<void> write(const NewCheckpoints& made) = 0;
};

// The last one that there is, of whichever line.
[[nodiscard]] Result<std::optional<record::Checkpoint>> newest_checkpoint(CheckpointTables& tables);

// `now` is asked only where something is written.
[[nodiscard]] Result<CheckpointStep> make_checkpoint(CheckpointTables& tables,
                                                     const std::string& incarnation,
                                                     const std::function<record::Time()>& now);

}  // namespace sluice::store

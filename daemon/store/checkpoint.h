// Checkpoints of a store's ledger: what it was up to an entry, as a digest that is chained over
// every entry up to there. They are made apart from applies, and hold up none (docs/store.md,
// docs/decisions/0036).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "record/checkpoint.h"
#include "store/store.h"

namespace sluice::store {

// What is chained of an entry of the ledger that is a batch.
struct ChainedEntry {
  std::int64_t id = 0;
  record::StreamId stream;
  record::Sequence sequence;
  record::Digest manifest;
  std::string_view receipt;  // its text, as it was signed
};
[[nodiscard]] ChainedEntry chained(const LedgerEntry& entry);

// The digest of a ledger that had `before` and got one entry more; zeros: it had none. It says
// nothing of where checkpoints were made, so that any entry's can be made again by walking.
[[nodiscard]] record::Digest chain(const record::Digest& before, const ChainedEntry& entry);

// The checkpoints of one incarnation of the store.
struct CheckpointLine {
  std::string name;
  // The last of an earlier line that the store had when this one began; number 0: it had none.
  record::Checkpoint after;
  std::string incarnation;
  record::Time began_at{};
  friend bool operator==(const CheckpointLine&, const CheckpointLine&) = default;
};

struct KeptCheckpoint {
  record::Checkpoint checkpoint;
  record::Time made_at{};
};

// What one step of making them came to.
struct CheckpointStep {
  std::optional<record::Checkpoint>
      newest;  // that the store has, durably or before what comes next
  bool is_made = false;
  std::optional<CheckpointLine> begun;
  bool is_more = false;  // that could be covered now
  // An entry is under way, and what stands behind it is left for later.
  bool is_held_up = false;
};

// Of one store; on its connection.
class Checkpoints {
 public:
  virtual ~Checkpoints() = default;

  // Covers what has been committed since the last one, up to the first entry that is still under
  // way, and waits for none; some thousand entries at most. Nothing is written where nothing is
  // new. Where another center is at it, nothing is made, and its last one is told. Whatever is
  // committed after this is durable only with what this made.
  [[nodiscard]] virtual Result<CheckpointStep> make() = 0;

  // As they began. None where no checkpoint was ever made.
  [[nodiscard]] virtual Result<std::vector<CheckpointLine>> lines() = 0;
  [[nodiscard]] virtual Result<std::optional<record::Checkpoint>> last(const std::string& line) = 0;
  // Of a line, from a number on.
  [[nodiscard]] virtual Result<std::vector<KeptCheckpoint>> list(const std::string& line,
                                                                 std::uint64_t from,
                                                                 std::size_t most) = 0;
};

}  // namespace sluice::store

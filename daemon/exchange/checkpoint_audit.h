// Makes a ledger's checkpoints again while it is walked, and compares them with those that were
// made then, and these with what the receipts behind them say: the center signed those.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "exchange/checkpoint_answer.h"
#include "store/checkpoint.h"
#include "store/store.h"

namespace sluice::exchange {

struct CheckpointReport {
  std::uint64_t checkpoints = 0;  // that fit
  std::uint64_t lost = 0;         // that receipts tell of, and a restore has taken
  std::optional<std::string> first_break;
};

class CheckpointAudit {
 public:
  // To be begun before the ledger is walked. `store` is not the one that is walked: it is asked
  // while that goes on, and must outlive this.
  [[nodiscard]] static store::Result<CheckpointAudit> begin(store::Store& store);

  // Every entry of the ledger, in order, from the first on. No more is looked at after a failure or
  // a break.
  void see(const store::LedgerEntry& entry);

  // After the walk, which reached the end.
  [[nodiscard]] store::Result<CheckpointReport> finish();

 private:
  explicit CheckpointAudit(store::Store& store) : store_(store) {}
  // The first that was not compared yet; nothing: none is left.
  [[nodiscard]] store::Result<std::optional<store::KeptCheckpoint>> next();
  [[nodiscard]] store::Result<void> compare(const store::LedgerEntry& entry);
  [[nodiscard]] store::Result<void> believe(const store::LedgerEntry& entry);
  void break_off(std::string sentence);

  store::Store& store_;
  std::vector<store::CheckpointLine> lines_;
  std::optional<record::Checkpoint> last_;  // that there was when the audit began
  std::size_t line_ = 0;                    // of lines_, of which the next ones are read
  std::uint64_t number_ = 1;
  std::deque<store::KeptCheckpoint> read_;
  record::Digest digest_;
  std::optional<record::Checkpoint> believed_;  // the last one that a receipt told of
  std::optional<store::StoreFailure> failure_;
  CheckpointReport report_;
};

}  // namespace sluice::exchange

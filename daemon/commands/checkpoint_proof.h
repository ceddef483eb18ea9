// What `sluice audit verify` says of checkpoints: those of this node's ledger, made again while it
// is walked, and those that its journals have kept of the center's.
#pragma once

#include <memory>
#include <optional>

#include "commands/commands.h"
#include "exchange/checkpoint_audit.h"
#include "installation/installation.h"

namespace sluice::commands {

// Of a node with a store. To be made before the walk.
class CheckpointProof {
 public:
  // `installation` must outlive it.
  explicit CheckpointProof(const installation::Installation& installation);

  // Every entry that is walked.
  void see(const store::LedgerEntry& entry);
  // After a walk that reached the end: says what was found.
  [[nodiscard]] ExitStatus tell();

 private:
  std::unique_ptr<store::Store> store_;
  std::optional<exchange::CheckpointAudit> audit_;
  std::optional<store::StoreFailure> failure_;
};

// Says what was found of the checkpoints that this node's journals have kept.
[[nodiscard]] ExitStatus prove_anchors(const installation::Installation& installation);

}  // namespace sluice::commands

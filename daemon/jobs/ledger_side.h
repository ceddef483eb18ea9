// The center's ledger as a job asks it: of this node's store, or over the uplink.
#pragma once

#include <expected>
#include <memory>
#include <optional>
#include <utility>

#include "installation/installation.h"
#include "jobs/center_reach.h"
#include "journal/ledger_place.h"
#include "record/receipt.h"

namespace sluice::jobs {

// Blocks. Failures are sentences for the operator.
class LedgerSide {
 public:
  // `installation` must outlive it. Fails where the ledger can not be reached.
  [[nodiscard]] static std::expected<std::unique_ptr<LedgerSide>, record::Flaw> open(
      const installation::Installation& installation);

  [[nodiscard]] std::expected<journal::LedgerPlace, record::Flaw> place(
      const record::StreamId& stream);
  // The center's, verified; nothing: the ledger has no such batch.
  [[nodiscard]] std::expected<std::optional<record::SignedReceipt>, record::Flaw> receipt(
      const record::StreamId& stream, record::Sequence sequence);

 private:
  LedgerSide(const installation::Installation& installation, std::unique_ptr<CenterReach> center)
      : installation_(installation), center_(std::move(center)) {}
  [[nodiscard]] std::expected<void, record::Flaw> check(const record::SignedReceipt& receipt) const;

  const installation::Installation& installation_;
  std::unique_ptr<CenterReach> center_;
};

}  // namespace sluice::jobs

// Takes a quarantined row again, as it was or corrected: the step of a settlement
// (quarantine_settlement.h) that reads, checks and journals it.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>

#include "installation/installation.h"
#include "jobs/settlement_failure.h"
#include "journal/journal.h"
#include "record/table_schema.h"

namespace sluice::jobs {

struct ReplayRequest {
  std::int64_t id = 0;
  // Stands for the row's original bytes, in the same format; of a row that the center refused, in
  // that of a batch's lines.
  std::optional<std::string> corrected;
  std::string by;  // who wants it
};

// On success the row is durable and the entry marked as replayed; nothing is in the audit log.
[[nodiscard]] std::expected<journal::Placement, SettlementFailure> replay(
    const installation::Installation& installation, const record::BureauId& bureau,
    const ReplayRequest& request);

// The columns of a row that the center refused, as journal::QuarantinedRow has them of others: a
// JSON array.
[[nodiscard]] std::string columns_of_line(const record::TableSchema& schema);

}  // namespace sluice::jobs

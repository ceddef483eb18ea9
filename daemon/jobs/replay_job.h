// Takes a quarantined row again, as it was or corrected: the step of a settlement
// (quarantine_settlement.h) that reads, checks and journals it.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>

#include "adapters/disk/csv_parser.h"
#include "exchange/catalogue.h"
#include "installation/installation.h"
#include "installation/schema_side.h"
#include "jobs/earlier_lines.h"
#include "jobs/settlement_failure.h"
#include "journal/journal.h"

namespace sluice::jobs {

struct ReplayRequest {
  std::int64_t id = 0;
  // Stands for the row's original bytes, in the same format; of a row that the center refused, in
  // that of a batch's lines.
  std::optional<std::string> corrected;
  std::string by;  // who wants it
  const adapters::disk::CsvParser& parser;
  // Why nothing of a dataset is to be taken in now; must outlive the call.
  const installation::SchemaObjection& objection;
  EarlierLines& earlier;  // for all rows that are taken again together
};

// On success the row is durable and the entry marked as replayed; nothing is in the audit log.
[[nodiscard]] std::expected<journal::Placement, SettlementFailure> replay(
    const installation::Installation& installation, const record::BureauId& bureau,
    const ReplayRequest& request);

// The columns of a row that the center refused, as journal::QuarantinedRow has them of others: a
// JSON array. Empty where it was made under another schema than the dataset has now.
[[nodiscard]] std::string columns_of_line(const journal::QuarantinedRow& row,
                                          const exchange::KnownDataset& known);

}  // namespace sluice::jobs

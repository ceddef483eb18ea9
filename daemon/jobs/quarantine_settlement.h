// What a person does with a row of the quarantine: takes it again, or discards it. Whoever lets a
// person do so, the command or a page, does it by these, so that the audit log tells the same.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>

#include "adapters/disk/csv_parser.h"
#include "installation/installation.h"
#include "installation/schema_side.h"
#include "jobs/earlier_lines.h"
#include "jobs/settlement_failure.h"
#include "journal/journal.h"
#include "trust/audit_log.h"

namespace sluice::jobs {

// In whose quarantine, where it is noted, and who does it: the operating system's user, or the
// account of who is signed in. All must outlive the calls.
struct SettlementDesk {
  const installation::Installation& installation;
  trust::AuditLog& audit;
  record::BureauId bureau;  // one whose data begins on this node
  std::string actor;
  const adapters::disk::CsvParser& parser;  // of rows that came in files
  // Why nothing of a dataset is taken again now: asked once for all that is settled at this desk.
  installation::SchemaObjection objection;
  // Of rows that were made under an earlier schema: what is loaded for one serves the others.
  std::shared_ptr<EarlierLines> earlier = std::make_shared<EarlierLines>();
};

// Characters.
inline constexpr std::size_t longest_reason = 1000;

// Each blocks, opens the journal for itself, and may run beside everything else that has the
// journal open, in this process and others: SQLite's locks order them. `unaudited`: it is done and
// durable, but the audit log could not take it.

// `corrected` stands for the row's original bytes, in the same format. On success the row is
// durable, and the entry is marked as replayed.
[[nodiscard]] std::expected<journal::Placement, SettlementFailure> replay_entry(
    const SettlementDesk& desk, std::int64_t id, const std::optional<std::string>& corrected);

// `reason`: a person's words for others, one line. It may name values, so it is kept beside the row
// and not in the audit log.
[[nodiscard]] std::expected<void, SettlementFailure> discard_entry(const SettlementDesk& desk,
                                                                   std::int64_t id,
                                                                   const std::string& reason);

}  // namespace sluice::jobs

// Lets a bureau's stream begin a new epoch, knowingly: where its journal was lost or put back as it
// was earlier, or where the center's ledger was. The job behind `sluice journal new-epoch`.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <optional>
#include <string>

#include "installation/installation.h"
#include "journal/ledger_place.h"
#include "journal/stream_marks.h"
#include "trust/audit_log.h"

namespace sluice::jobs {

struct NewEpochRequest {
  record::BureauId bureau;
  bool from_start = false;  // whatever the journal knows of its sources is forgotten
  std::string actor;        // for the audit log
};

struct NewEpochReport {
  record::StreamId stream;  // that begins
  // What was, as far as it is known.
  std::optional<journal::StreamMark> remembered;
  std::optional<journal::LedgerPlace> ledger;  // nothing: it could not be asked
  std::filesystem::path set_aside;  // where a file lies that is no journal; empty: there was none
  // What is now.
  std::uint64_t waiting = 0;  // batches that the ledger is not known to have, sealed anew
  bool reads_all = false;     // every source is read again
  bool reads_tables = false;  // exchange databases are
};

// No daemon may have the journal open; waits for imports and collections of the bureau.
[[nodiscard]] std::expected<NewEpochReport, record::Flaw> run_new_epoch(
    const installation::Installation& installation, const NewEpochRequest& request,
    trust::AuditLog& audit);

}  // namespace sluice::jobs

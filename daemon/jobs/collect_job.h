// Collects what has changed in one table of a bureau's exchange database into its journal: the job
// behind `sluice collect`, run by hand or by the daemon as a child process.
#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <string>
#include <vector>

#include "adapters/adapter.h"
#include "adapters/front_end/held_back.h"
#include "installation/installation.h"
#include "jobs/room_events.h"
#include "settings/settings.h"

namespace sluice::jobs {

struct CollectRequest {
  const settings::Bureau& bureau;
  const settings::Publication& publication;
  bool accepts_columns = false;  // column types that have changed are taken as they are
  bool reads_anew = false;       // as if for the first time
  bool deletes_anyway = false;   // however many records are gone
};

// What a run did. `rows` are those that were new or changed: accepted + quarantined.
struct CollectReport {
  std::uint64_t rows = 0;
  std::uint64_t upserts = 0;
  std::uint64_t deletes = 0;
  std::uint64_t quarantined = 0;
  std::map<std::string, std::uint64_t> reasons;  // "field: rule" to how often
  std::vector<record::Sequence> batches;
  adapters::front_end::HeldBack held_back;
};

// Told on the job's threads.
struct CollectEvents {
  adapters::Progress& reading;
  RoomEvents room;
};

// A run that failed: what it had taken until then is durable, and is in the report.
struct CollectFailure {
  adapters::CollectionFailure failure;
  CollectReport report;
};

// Returns once every row is on the disk, in a batch or in the quarantine, together with the place
// up to which the table has been read.
[[nodiscard]] std::expected<CollectReport, CollectFailure> run_collect(
    const installation::Installation& installation, const CollectRequest& request,
    const CollectEvents& events);

}  // namespace sluice::jobs

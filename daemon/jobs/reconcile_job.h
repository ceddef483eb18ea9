// Reconciliation (对账): holds what a bureau's exchange database has of a dataset against what the
// central store has, and sends what differs: the job behind `sluice reconcile`.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "adapters/adapter.h"
#include "installation/installation.h"
#include "jobs/room_events.h"
#include "reconciliation/comparison.h"
#include "reconciliation/differences.h"
#include "reconciliation/source_digests.h"
#include "settings/settings.h"

namespace sluice::jobs {

struct ReconcileRequest {
  const settings::Bureau& bureau;
  const settings::Publication& publication;
  bool repairs = false;
  // A repair that would delete more than this share of the central store's records is not made.
  double most_deleted = 0.1;
  // How long the center may take no batch at all while there are some for it.
  std::chrono::seconds patience{30};
  // How many differences the report names.
  std::size_t named = 20;
};

// What it is at, told on the job's thread.
struct ReconcileEvents {
  adapters::Progress& reading;
  std::function<void(const std::string& step)> at;
  RoomEvents room;
};

struct Repair {
  std::uint64_t sent = 0;     // records that the source has
  std::uint64_t deleted = 0;  // that it has not
  // Found when both sides were looked at again; nothing: they could not be.
  std::optional<reconciliation::DifferenceCounts> left;
};

enum class ReconcileProblem {
  source,   // the exchange database can not be read
  behind,   // the central store has not taken all that was collected
  central,  // it does not answer
  refused,  // the repair may not be made: it would delete too much, or the rows do not fit
  failed,   // disk or journal
};
using ReconcileFailure = record::Failure<ReconcileProblem>;
[[nodiscard]] ReconcileFailure reconcile_failure(const adapters::CollectionFailure& failure);

struct ReconcileReport {
  reconciliation::SourceDigests::Counts source;
  std::uint64_t rows_read = 0;  // of the source, by all comparisons: the others were remembered
  bool source_is_whole = true;
  reconciliation::Compared central;
  reconciliation::DifferenceCounts found;  // that stood when looked at twice
  std::uint64_t fleeting = 0;              // that did not: changes on their way
  std::vector<reconciliation::Difference> named;
  // Why a repair that was asked for was not made, or not seen to its end.
  std::optional<ReconcileFailure> unrepaired;
  std::optional<Repair> repair;  // that has been sent
  // Why it is not among the reports that are kept (reconciliation/reports.h).
  std::optional<ReconcileFailure> unkept;
};

// Collects what has changed, waits until the center has it, and compares. What differs is looked
// at a second time after another collection, so that changes under way are not called differences;
// likewise after a repair. Of a source that is remembered from the last time, and is what the
// center has, nothing is collected or read; what differs by what is remembered is told only after
// all of it was read once more. A repair that fails is told in the report, with what was found. The
// report is kept, with more of the differences than are named here.
[[nodiscard]] std::expected<ReconcileReport, ReconcileFailure> run_reconcile(
    const installation::Installation& installation, const ReconcileRequest& request,
    const ReconcileEvents& events);

}  // namespace sluice::jobs

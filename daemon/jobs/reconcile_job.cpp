#include "jobs/reconcile_job.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "adapters/front_end/whole_table.h"
#include "jobs/central_side.h"
#include "jobs/collect_job.h"
#include "jobs/front_end_source.h"
#include "jobs/kept_report.h"
#include "jobs/repair.h"
#include "jobs/run_lock.h"
#include "jobs/source_memory.h"
#include "reconciliation/reports.h"
#include "reconciliation/source_door.h"
#include "record/try.h"

namespace sluice::jobs {
namespace {

using adapters::front_end::WholeTable;
using reconciliation::Differences;
using reconciliation::ScratchDatabase;
using reconciliation::SourceDigests;
using Done = std::expected<void, ReconcileFailure>;

constexpr std::chrono::milliseconds poll{50};

template <class Problem>
std::unexpected<ReconcileFailure> failed(ReconcileProblem code,
                                         const record::Failure<Problem>& failure) {
  return std::unexpected(ReconcileFailure{code, failure.place, failure.sentence});
}

std::unexpected<ReconcileFailure> failed(const reconciliation::Failure& failure) {
  return failed(failure.code == reconciliation::Problem::scratch ? ReconcileProblem::failed
                                                                 : ReconcileProblem::central,
                failure);
}

std::unexpected<ReconcileFailure> failed(const adapters::CollectionFailure& failure) {
  return std::unexpected(reconcile_failure(failure));
}

// Both sides, and where it is worked out how they differ.
class Reconciliation {
 public:
  Reconciliation(const installation::Installation& installation, const ReconcileRequest& request,
                 const ReconcileEvents& events, CentralSide& central, SourceDigests& source,
                 Differences& earlier, Differences& now)
      : installation_(installation),
        request_(request),
        events_(events),
        known_(*installation.catalogue.find(request.publication.dataset)),
        conversion_{known_.dataset, known_.checker, request.publication.mapping},
        central_(central),
        source_(source),
        earlier_(earlier),
        now_(now) {}

  // Leaves in `now_` what differed twice in the same way.
  Done compare();
  // Of what compare() found.
  std::expected<ReconcileReport, ReconcileFailure> report();
  // The first of what differed before any repair, once there is a report.
  [[nodiscard]] const std::vector<reconciliation::Difference>& differences() const {
    return differences_;
  }

 private:
  // Collects, and waits until the center has all of it.
  Done catch_up();
  Done await_center();
  Done read_source();
  // At both sides as they are now.
  Done look(Differences& found);
  // The first leaves in `now_` what differs, the other one of that what differs still.
  Done find();
  Done find_again();
  Done count();
  [[nodiscard]] bool is_same() const { return report_.found.all() == 0; }
  Done check_deletions(const reconciliation::DifferenceCounts& counts) const;
  Done repair();

  const installation::Installation& installation_;
  const ReconcileRequest& request_;
  const ReconcileEvents& events_;
  const exchange::KnownDataset& known_;
  reconciliation::Conversion conversion_;
  CentralSide& central_;
  SourceDigests& source_;
  Differences& earlier_;
  Differences& now_;
  ReconcileReport report_;
  std::vector<reconciliation::Difference> differences_;
};

Done Reconciliation::catch_up() {
  events_.at("collecting");
  const auto collected = run_collect(installation_, {request_.bureau, request_.publication},
                                     {events_.reading, events_.room});
  if (!collected) return failed(collected.error().failure);
  return await_center();
}

Done Reconciliation::await_center() {
  events_.at("waiting for the center");
  auto journal = installation_.open_journal(request_.bureau.id);
  if (!journal) return failed(ReconcileProblem::failed, journal.error());
  std::optional<record::Sequence> last;
  record::Sequence acknowledged;
  for (auto moved = std::chrono::steady_clock::now();; std::this_thread::sleep_for(poll)) {
    const auto status = journal->status();
    if (!status) return failed(ReconcileProblem::failed, status.error());
    if (!last) last = status->head.sequence;
    if (status->acknowledged >= *last) return {};
    const auto now = std::chrono::steady_clock::now();
    if (status->acknowledged != acknowledged) moved = now;
    acknowledged = status->acknowledged;
    if (now - moved < request_.patience) continue;
    return std::unexpected(ReconcileFailure{
        ReconcileProblem::behind, request_.bureau.id.str(),
        fmt::format("the center has taken no batch for {} s, and {} wait for it; see `sluice "
                    "status`, and compare when they are there",
                    request_.patience.count(), last->value - acknowledged.value)});
  }
}

Done Reconciliation::read_source() {
  events_.at("reading the exchange database");
  auto source = front_end_source(installation_, request_.bureau, request_.publication);
  if (!source) return failed(source.error());
  WholeTable table(std::move(*source));
  report_.source_is_whole = table.is_whole();
  reconciliation::SourceDoor door(conversion_, source_);
  SourceMemory memory(source_, known_, request_.bureau.front_end->database, request_.publication);
  if (auto read = table.collect(door, memory, events_.reading); !read) return failed(read.error());
  if (auto finished = source_.finish(); !finished) return failed(finished.error());
  report_.source = source_.counts();
  report_.rows_read += report_.source.rows_put;
  return {};
}

Done Reconciliation::look(Differences& found) {
  SLUICE_TRY(read_source());
  events_.at("comparing");
  if (auto begun = found.begin(); !begun) return failed(begun.error());
  const auto compared = reconciliation::compare(
      source_, central_.digests(), {.source_is_whole = report_.source_is_whole}, found);
  if (!compared) return failed(compared.error());
  report_.central = *compared;
  return {};
}

Done Reconciliation::count() {
  const auto counts = now_.counts();
  if (!counts) return failed(counts.error());
  report_.found = *counts;
  return {};
}

Done Reconciliation::find() {
  SLUICE_TRY(look(now_));
  return count();
}

Done Reconciliation::find_again() {
  SLUICE_TRY(look(earlier_));
  const auto fleeting = now_.keep_what_stood(earlier_);
  if (!fleeting) return failed(fleeting.error());
  report_.fleeting += *fleeting;
  return count();
}

Done Reconciliation::compare() {
  report_.fleeting = 0;
  if (source_.remembers()) {
    // What is the same as it is needs no collection.
    SLUICE_TRY(await_center());
    if (auto done = find(); !done || is_same()) return done;
  }
  SLUICE_TRY(catch_up());
  if (auto done = find(); !done || is_same()) return done;
  SLUICE_TRY(catch_up());
  if (auto done = find_again(); !done || is_same() || !source_.is_from_memory()) return done;
  // Nobody is told of a difference that is only remembered.
  source_.forget_all();
  return find_again();
}

std::expected<ReconcileReport, ReconcileFailure> Reconciliation::report() {
  const std::size_t most = std::max(request_.named, reconciliation::differences_kept);
  const auto walked = now_.walk([&](const reconciliation::Difference& difference) {
    if (differences_.size() == most) return false;
    differences_.push_back(difference);
    return true;
  });
  if (!walked) return failed(walked.error());
  report_.named.assign(differences_.begin(),
                       differences_.begin() + static_cast<std::ptrdiff_t>(
                                                  std::min(request_.named, differences_.size())));
  if (!request_.repairs || is_same()) return std::move(report_);
  // What was found is told all the same.
  if (auto repaired = repair(); !repaired) report_.unrepaired = std::move(repaired.error());
  return std::move(report_);
}

Done Reconciliation::check_deletions(const reconciliation::DifferenceCounts& counts) const {
  if (counts.extra == 0) return {};
  const auto too_many = [](std::string sentence) {
    return std::unexpected(ReconcileFailure{ReconcileProblem::refused, "", std::move(sentence)});
  };
  if (report_.source.unknown > 0) {
    return too_many(fmt::format(
        "of {} rows of the source not even the key passes the schema, so that nobody knows whether "
        "they are among the {} records that only the central store has; correct them first",
        report_.source.unknown, counts.extra));
  }
  const auto all = static_cast<double>(report_.central.central_records);
  if (static_cast<double>(counts.extra) <= request_.most_deleted * all) return {};
  return too_many(
      fmt::format("it would delete {} of the {} records of the central store, more "
                  "than {:g} %; where that is right, say so with --delete-at-most",
                  counts.extra, report_.central.central_records, 100 * request_.most_deleted));
}

Done Reconciliation::repair() {
  SLUICE_TRY(check_deletions(report_.found));
  events_.at("repairing");
  auto sent = SLUICE_TRY(send_repair(installation_, request_, events_, now_));
  report_.repair = sent;
  // Looking again counts anew; what is told is what there was before.
  const ReconcileReport before = report_;
  auto looked = compare();
  const auto left = report_.found;
  const auto rows_read = report_.rows_read;
  report_ = before;
  report_.rows_read = rows_read;
  if (!looked) return looked;
  report_.repair->left = left;
  return {};
}

}  // namespace

ReconcileFailure reconcile_failure(const adapters::CollectionFailure& failure) {
  using enum adapters::CollectionProblem;
  switch (failure.code) {
    case journal_failed:
    case backlog_full:
      return {ReconcileProblem::failed, failure.place, failure.sentence};
    case refused:
    case bad_columns:
      return {ReconcileProblem::refused, failure.place, failure.sentence};
    default:
      return {ReconcileProblem::source, failure.place, failure.sentence};
  }
}

std::expected<ReconcileReport, ReconcileFailure> run_reconcile(
    const installation::Installation& installation, const ReconcileRequest& request,
    const ReconcileEvents& events) {
  const record::DatasetId& dataset = request.publication.dataset;
  const exchange::KnownDataset& known = *installation.catalogue.find(dataset);
  const record::KeyOrder order(known.dataset.schema);
  // Two of them would take what is remembered from each other.
  const auto lock = RunLock::take(installation.paths.reconcile_lock(dataset));
  if (!lock)
    return std::unexpected(ReconcileFailure{ReconcileProblem::failed, "", lock.error().sentence});
  const auto memory = installation.paths.compared(request.bureau.id, dataset);
  std::error_code is_told_by_what_follows;
  std::filesystem::create_directories(memory.parent_path(), is_told_by_what_follows);
  auto remembered = ScratchDatabase::take_up(memory);
  if (!remembered) return failed(remembered.error());
  auto source = SourceDigests::open(*remembered, order);
  if (!source) return failed(source.error());
  auto scratch = ScratchDatabase::create(installation.paths.reconciliation(dataset));
  if (!scratch) return failed(scratch.error());
  auto earlier = Differences::create(*scratch, order, "earlier");
  if (!earlier) return failed(earlier.error());
  auto now = Differences::create(*scratch, order, "now");
  if (!now) return failed(now.error());
  auto central = CentralSide::open(installation, known);
  if (!central) return failed(central.error());
  Reconciliation reconciliation(installation, request, events, *central, *source, *earlier, *now);
  SLUICE_TRY(reconciliation.compare());
  auto report = reconciliation.report();
  // What could not be kept is read once more the next time.
  if (source->remembers()) static_cast<void>(remembered->keep(memory));
  if (report) {
    auto kept = keep_report(installation, request, *report, reconciliation.differences());
    if (!kept) report->unkept = std::move(kept.error());
  }
  return report;
}

}  // namespace sluice::jobs

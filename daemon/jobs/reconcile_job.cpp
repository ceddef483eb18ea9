#include "jobs/reconcile_job.h"

#include <chrono>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "adapters/front_end/whole_table.h"
#include "jobs/central_side.h"
#include "jobs/collect_job.h"
#include "jobs/front_end_source.h"
#include "jobs/repair.h"
#include "reconciliation/source_door.h"

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
  Reconciliation(const foundation::Foundation& foundation, const ReconcileRequest& request,
                 const ReconcileEvents& events, CentralSide& central, SourceDigests& source,
                 Differences& earlier, Differences& now)
      : foundation_(foundation),
        request_(request),
        events_(events),
        known_(*foundation.catalogue.find(request.publication.dataset)),
        conversion_{known_.dataset, known_.checker, request.publication.mapping},
        central_(central),
        source_(source),
        earlier_(earlier),
        now_(now) {}

  // Leaves in `now_` what differed twice in the same way.
  Done compare();
  // Of what compare() found.
  std::expected<ReconcileReport, ReconcileFailure> report();

 private:
  // Collects, and waits until the center has all of it.
  Done catch_up();
  Done await_center();
  Done read_source();
  Done compare_once(Differences& found);
  Done check_deletions(const reconciliation::DifferenceCounts& counts) const;
  Done repair();

  const foundation::Foundation& foundation_;
  const ReconcileRequest& request_;
  const ReconcileEvents& events_;
  const exchange::KnownDataset& known_;
  reconciliation::Conversion conversion_;
  CentralSide& central_;
  SourceDigests& source_;
  Differences& earlier_;
  Differences& now_;
  ReconcileReport report_;
};

Done Reconciliation::catch_up() {
  events_.at("collecting");
  const auto collected = run_collect(foundation_, {request_.bureau, request_.publication},
                                     {events_.reading, events_.room});
  if (!collected) return failed(collected.error().failure);
  return await_center();
}

Done Reconciliation::await_center() {
  events_.at("waiting for the center");
  auto journal = foundation_.open_journal(request_.bureau.id);
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
  auto source = front_end_source(foundation_, request_.bureau, request_.publication);
  if (!source) return failed(source.error());
  WholeTable table(std::move(*source));
  report_.source_is_whole = table.is_whole();
  if (auto begun = source_.begin(); !begun) return failed(begun.error());
  reconciliation::SourceDoor door(conversion_, source_);
  if (auto read = table.collect(door, events_.reading); !read) return failed(read.error());
  if (auto finished = source_.finish(); !finished) return failed(finished.error());
  report_.source = source_.counts();
  report_.unknown = door.unknown();
  return {};
}

Done Reconciliation::compare_once(Differences& found) {
  events_.at("comparing");
  if (auto begun = found.begin(); !begun) return failed(begun.error());
  const auto compared = reconciliation::compare(
      source_, central_.digests(), {.source_is_whole = report_.source_is_whole}, found);
  if (!compared) return failed(compared.error());
  report_.central = *compared;
  return {};
}

Done Reconciliation::compare() {
  if (auto done = catch_up(); !done) return done;
  if (auto done = read_source(); !done) return done;
  if (auto done = compare_once(earlier_); !done) return done;
  const auto first = earlier_.counts();
  if (!first) return failed(first.error());
  if (auto begun = now_.begin(); !begun) return failed(begun.error());
  if (first->all() == 0) return {};
  if (auto done = catch_up(); !done) return done;
  if (auto done = read_source(); !done) return done;
  if (auto done = compare_once(now_); !done) return done;
  const auto fleeting = now_.keep_what_stood(earlier_);
  if (!fleeting) return failed(fleeting.error());
  report_.fleeting = *fleeting;
  return {};
}

std::expected<ReconcileReport, ReconcileFailure> Reconciliation::report() {
  const auto counts = now_.counts();
  if (!counts) return failed(counts.error());
  report_.found = *counts;
  const auto walked = now_.walk([&](const reconciliation::Difference& difference) {
    if (report_.named.size() == request_.named) return false;
    report_.named.push_back(difference);
    return true;
  });
  if (!walked) return failed(walked.error());
  if (!request_.repairs || counts->all() == 0) return std::move(report_);
  // What was found is told all the same.
  if (auto repaired = repair(); !repaired) report_.unrepaired = std::move(repaired.error());
  return std::move(report_);
}

Done Reconciliation::check_deletions(const reconciliation::DifferenceCounts& counts) const {
  if (counts.extra == 0) return {};
  const auto too_many = [](std::string sentence) {
    return std::unexpected(ReconcileFailure{ReconcileProblem::refused, "", std::move(sentence)});
  };
  if (report_.unknown > 0) {
    return too_many(fmt::format(
        "of {} rows of the source not even the key passes the schema, so that nobody knows whether "
        "they are among the {} records that only the central store has; correct them first",
        report_.unknown, counts.extra));
  }
  const auto all = static_cast<double>(report_.central.central_records);
  if (static_cast<double>(counts.extra) <= request_.most_deleted * all) return {};
  return too_many(
      fmt::format("it would delete {} of the {} records of the central store, more "
                  "than {:g} %; where that is right, say so with --delete-at-most",
                  counts.extra, report_.central.central_records, 100 * request_.most_deleted));
}

Done Reconciliation::repair() {
  if (auto allowed = check_deletions(report_.found); !allowed) return allowed;
  events_.at("repairing");
  auto sent = send_repair(foundation_, request_, events_, now_);
  if (!sent) return std::unexpected(std::move(sent.error()));
  report_.repair = *sent;
  // Looking again counts anew; what is told is what there was before.
  const ReconcileReport before = report_;
  auto looked = compare();
  report_ = before;
  if (!looked) return looked;
  const auto left = now_.counts();
  if (!left) return failed(left.error());
  report_.repair->left = *left;
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
    const foundation::Foundation& foundation, const ReconcileRequest& request,
    const ReconcileEvents& events) {
  const record::DatasetId& dataset = request.publication.dataset;
  const exchange::KnownDataset& known = *foundation.catalogue.find(dataset);
  const record::KeyOrder order(known.dataset.schema);
  auto scratch =
      ScratchDatabase::create(foundation.scratch_directory() / (dataset.str() + ".reconciliation"));
  if (!scratch) return failed(scratch.error());
  auto source = SourceDigests::create(*scratch, order);
  if (!source) return failed(source.error());
  auto earlier = Differences::create(*scratch, order, "earlier");
  if (!earlier) return failed(earlier.error());
  auto now = Differences::create(*scratch, order, "now");
  if (!now) return failed(now.error());
  auto central = CentralSide::open(foundation, known);
  if (!central) return failed(central.error());
  Reconciliation reconciliation(foundation, request, events, *central, *source, *earlier, *now);
  if (auto compared = reconciliation.compare(); !compared) {
    return std::unexpected(std::move(compared.error()));
  }
  return reconciliation.report();
}

}  // namespace sluice::jobs

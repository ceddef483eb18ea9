#include "jobs/collect_job.h"

#include <utility>

#include "adapters/front_end/front_end_collector.h"
#include "installation/system_clock.h"
#include "intake/change_intake.h"
#include "intake/journal_sink.h"
#include "jobs/front_end_source.h"
#include "jobs/run_lock.h"

namespace sluice::jobs {
namespace {

namespace front_end = adapters::front_end;

adapters::CollectionFailure journal_failed(std::string place, std::string sentence) {
  return {adapters::CollectionProblem::journal_failed, std::move(place), std::move(sentence)};
}

std::unexpected<CollectFailure> failed(adapters::CollectionFailure failure,
                                       CollectReport report = {}) {
  return std::unexpected(CollectFailure{std::move(failure), std::move(report)});
}

CollectReport report_of(const intake::ChangeIntake& intake, const intake::JournalSink& sink,
                        const front_end::FrontEndCollector& collector) {
  const intake::ChangeCounts& counts = intake.counts();
  return {.rows = counts.rows,
          .upserts = counts.upserts,
          .deletes = counts.deletes,
          .quarantined = counts.quarantined,
          .reasons = intake.reasons(),
          .batches = sink.sequences(),
          .held_back = collector.held_back()};
}

}  // namespace

std::expected<CollectReport, CollectFailure> run_collect(
    const installation::Installation& installation, const CollectRequest& request,
    const CollectEvents& events) {
  const record::BureauId& bureau = request.bureau.id;
  const settings::Publication& publication = request.publication;
  const exchange::KnownDataset& known = *installation.catalogue.find(publication.dataset);

  auto source = front_end_source(installation, request.bureau, publication);
  if (!source) return failed(std::move(source.error()));
  source->accepts_columns = request.accepts_columns;
  source->reads_anew = request.reads_anew;
  source->deletes_anyway = request.deletes_anyway;
  const auto lock = RunLock::take(installation.paths.collect_lock(bureau));
  if (!lock) return failed(journal_failed("", lock.error()));
  auto journal = installation.open_journal(bureau);
  if (!journal) return failed(journal_failed(journal.error().place, journal.error().sentence));
  const auto kept = journal->cursor(front_end_channel, publication.dataset.str());
  if (!kept) return failed(journal_failed(kept.error().place, kept.error().sentence));

  auto recent = intake::recent_rows(*journal, publication.dataset, publication.reject_limit,
                                    installation::system_now);
  if (!recent) return failed(journal_failed(recent.error().place, recent.error().sentence));

  intake::JournalSink sink(
      *journal,
      {installation.origin(publication.dataset, record::Mode::front_end),
       std::string(front_end_channel), publication.dataset.str()},
      [&](const journal::JournalFailure& failure) {
        events.room.waiting(record::to_string(failure));
      },
      events.room.over);
  const journal::Limits& limits = installation.settings.node.journal;
  intake::ChangeIntake intake(front_end_delivery(known, publication, std::move(*recent)),
                              {limits.batch_rows, limits.batch_bytes},
                              *kept ? (*kept)->value : std::string(), sink);
  front_end::FrontEndCollector collector(std::move(*source), intake);
  auto collected = collector.collect(intake, events.reading);
  // What was marked before a failure stands; what was not is read again the next time.
  const auto settled = intake.settle();
  if (!collected) return failed(std::move(collected.error()), report_of(intake, sink, collector));
  if (!settled) {
    return failed(adapters::collection_failure(settled.error()),
                  report_of(intake, sink, collector));
  }
  return report_of(intake, sink, collector);
}

}  // namespace sluice::jobs

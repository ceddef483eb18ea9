#include "jobs/collect_job.h"

#include <utility>

#include "adapters/front_end/front_end_collector.h"
#include "jobs/front_end_intake.h"
#include "jobs/front_end_source.h"

namespace sluice::jobs {
namespace {

namespace front_end = adapters::front_end;

std::unexpected<CollectFailure> not_collected(adapters::CollectionFailure failure,
                                              CollectReport report = {}) {
  return std::unexpected(CollectFailure{std::move(failure), std::move(report)});
}

CollectReport report_of(FrontEndIntake& way, const front_end::FrontEndCollector& collector) {
  const intake::ChangeCounts& counts = way.intake().counts();
  return {.rows = counts.rows,
          .upserts = counts.upserts,
          .deletes = counts.deletes,
          .quarantined = counts.quarantined,
          .reasons = way.intake().reasons(),
          .batches = way.batches(),
          .held_back = collector.held_back()};
}

}  // namespace

std::expected<CollectReport, CollectFailure> run_collect(
    const installation::Installation& installation, const CollectRequest& request,
    const CollectEvents& events) {
  auto source = front_end_source(installation, request.bureau, request.publication);
  if (!source) return not_collected(std::move(source.error()));
  source->accepts_columns = request.accepts_columns;
  source->reads_anew = request.reads_anew;
  source->deletes_anyway = request.deletes_anyway;
  const auto opened =
      FrontEndIntake::open(installation, request.bureau, request.publication, events.room);
  if (!opened) return not_collected(opened.error());
  FrontEndIntake& way = **opened;
  front_end::FrontEndCollector collector(std::move(*source), way.intake());
  auto collected = collector.collect(way.intake(), events.reading);
  // What had a checkpoint before a failure stands; what had none is read again the next time.
  const auto settled = way.intake().settle();
  if (!collected) return not_collected(std::move(collected.error()), report_of(way, collector));
  if (!settled) {
    return not_collected(adapters::collection_failure(settled.error()), report_of(way, collector));
  }
  return report_of(way, collector);
}

}  // namespace sluice::jobs

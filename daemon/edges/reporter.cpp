#include "edges/reporter.h"

#include <algorithm>
#include <utility>

#include "edges/quarantine_report.h"

namespace sluice::edges {

Reporter::Reporter(std::vector<ReportedStream> streams, ReporterSurroundings surroundings,
                   ReporterEvents events)
    : surroundings_(std::move(surroundings)), events_(std::move(events)) {
  for (ReportedStream& stream : streams)
    streams_.push_back({.reported = std::move(stream), .times = {}, .last = {}, .reason = {}});
}

Reporter::Moment Reporter::step() {
  is_away_ = false;
  Moment next = Moment::max();
  for (Stream& stream : streams_) {
    if (stream.times.next() <= surroundings_.moment()) report(stream);
    next = std::min(next, stream.times.next());
  }
  return next;
}

void Reporter::report(Stream& stream) {
  const Moment now = surroundings_.moment();
  // What keeps one report from the center keeps all, and each would wait for its time limit.
  if (is_away_) return stream.times.failed(now, surroundings_.random());
  auto tallies = stream.reported.tallies();
  if (!tallies) return failed(stream, record::to_string(tallies.error()));
  if (!stream.times.must_tell(now, stream.last != *tallies)) return stream.times.left_untold(now);
  const QuarantineReport report = report_of(*tallies, surroundings_.clock());
  const auto brought = surroundings_.bring(stream.reported.bureau, to_json(report));
  if (!brought) {
    is_away_ = brought.error().code == link::LinkProblem::unavailable;
    return failed(stream, record::to_string(brought.error()));
  }
  stream.reason.clear();
  if (*brought == Reception::unwanted) {
    if (!std::exchange(is_unwanted_, true)) events_.unwanted();
    return stream.times.unwanted(surroundings_.moment());
  }
  is_unwanted_ = false;
  stream.last = std::move(*tallies);
  stream.times.told(surroundings_.moment());
}

void Reporter::failed(Stream& stream, const std::string& reason) {
  stream.times.failed(surroundings_.moment(), surroundings_.random());
  if (std::exchange(stream.reason, reason) == reason) return;
  events_.not_told(stream.reported.bureau, reason);
}

}  // namespace sluice::edges

#include "node/edge_reports.h"

#include <chrono>
#include <stop_token>
#include <utility>
#include <vector>

#include "edges/report_call.h"
#include "installation/system_clock.h"
#include "node/randomness.h"
#include "threads/sleep.h"

namespace sluice::node {
namespace {

std::vector<edges::ReportedStream> reported(
    const std::map<record::BureauId, std::unique_ptr<Stream>>& streams) {
  std::vector<edges::ReportedStream> all;
  for (const auto& [id, stream] : streams) {
    all.push_back({.bureau = id, .tallies = [&of = *stream] { return of.quarantine_tallies(); }});
  }
  return all;
}

// What is cut off by a stop is no failure.
edges::ReporterEvents logged(observe::Log& log, const std::stop_token& stop) {
  return {
      .not_told =
          [&log, stop](const record::BureauId& bureau, const std::string& reason) {
            if (stop.stop_requested()) return;
            log.write<"quarantine-not-reported">({{"bureau", bureau.str()}, {"reason", reason}});
          },
      .unwanted = [&log] { log.write<"quarantine-reports-unwanted">(); }};
}

}  // namespace

EdgeReports::EdgeReports(const std::map<record::BureauId, std::unique_ptr<Stream>>& streams,
                         const Surroundings& surroundings)
    : caller_(surroundings.uplink, surroundings.identity, surroundings.bandwidth),
      thread_([this, streams = reported(streams),
               &log = surroundings.log](const std::stop_token& stop) mutable {
        const auto bring = [&](const record::BureauId& bureau, const std::string& report) {
          return edges::bring_report(caller_, bureau, report, stop);
        };
        edges::Reporter reporter(std::move(streams),
                                 {.clock = installation::system_now,
                                  .moment = std::chrono::steady_clock::now,
                                  .random = randomness(),
                                  .bring = bring},
                                 logged(log, stop));
        run(reporter, stop);
      }) {}

void EdgeReports::run(edges::Reporter& reporter, const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const auto next = reporter.step();
    caller_.disconnect();  // a minute is long for a connection that the center has to hold
    threads::sleep_until(stop, next);
  }
}

}  // namespace sluice::node

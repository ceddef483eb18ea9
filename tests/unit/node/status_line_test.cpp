// What `systemctl status` shows: what is wrong first, and never more than fits.
#include "node/status_line.h"

#include <chrono>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice::node::test {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const record::Time now = *record::parse_time("2026-12-01T03:00:00.000Z");

api::StreamStatus stream_of(const std::string& bureau) {
  const record::BureauId id(bureau);
  return {id, journal::Status{.stream = {id, record::Epoch{1}}}, {}, false};
}

api::NodeStatus node_of(std::vector<api::StreamStatus> streams) {
  return {.name = record::NodeId("center"),
          .started_at = now,
          .now = now,
          .streams = std::move(streams)};
}

TEST(StatusLine, SaysThatAllIsWell) {
  EXPECT_EQ(status_line(node_of({stream_of("park"), stream_of("local-tax")})),
            "2 bureaus, all is well");
  EXPECT_EQ(status_line(node_of({stream_of("park")})), "1 bureau, all is well");
  EXPECT_EQ(status_line(node_of({})), "all is well");
}

TEST(StatusLine, NamesTheBureausThatAreWrongAndWhy) {
  auto held_back = stream_of("local-tax");
  held_back.link.held_back_since = now;
  held_back.link.reason = "https://center:8443: nobody answers there";
  auto stopped = stream_of("park");
  stopped.is_stopped = true;
  EXPECT_EQ(status_line(node_of({held_back, stopped, stream_of("quality")})),
            "3 bureaus, 2 wrong: park: STOPPED: see the log; local-tax: held back since "
            "2026-12-01T03:00:00.000Z: https://center:8443: nobody answers there");
}

TEST(StatusLine, NamesADatasetOfWhichNothingIsTaken) {
  auto node = node_of({stream_of("park")});
  node.schema_conflicts.emplace(record::DatasetId("approval"), "a field is gone");
  EXPECT_EQ(status_line(node),
            "1 bureau, 1 wrong: NOTHING OF approval IS TAKEN IN: a field is gone");
}

TEST(StatusLine, BeginsWithWhatStopsTheWholeNode) {
  auto node = node_of({stream_of("park")});
  node.not_signing = "the certificate has ended";
  EXPECT_EQ(status_line(node), "1 bureau, 1 wrong: NOTHING IS TAKEN: the certificate has ended");
  node.distrusted_disk = "audit.sqlite";
  EXPECT_THAT(status_line(node),
              StartsWith("1 bureau, 2 wrong: NOTHING IS ACKNOWLEDGED: an fsync has failed"));
}

TEST(StatusLine, TellsOfAConfigurationThatIsRefusedAndOfOneThatWaitsForARestart) {
  auto node = node_of({stream_of("park")});
  node.configuration = {.since = now, .refused_at = now, .complaints = {"park.yaml:3:1: no", "b"}};
  EXPECT_EQ(status_line(node), "1 bureau, 1 wrong: THE CONFIGURATION IS REFUSED since " +
                                   record::to_string(now) + ": park.yaml:3:1: no; b");
  node.configuration = {.since = now, .restart = {"listen.port", "log.level"}};
  EXPECT_EQ(status_line(node),
            "1 bureau, all is well; listen.port, log.level of node.yaml needs a restart");
}

TEST(StatusLine, RemindsOfWhatIsToBeDone) {
  auto stream = stream_of("park");
  stream.journal->quarantine_waiting = 13;
  auto node = node_of({stream});
  node.certificate_ends = now + std::chrono::days(12);
  EXPECT_EQ(status_line(node),
            "1 bureau, 1 wrong: the certificate ends in 12 days; park: 13 rows in quarantine");
  node.certificate_ends = now + std::chrono::days(31);
  EXPECT_THAT(status_line(node), Not(HasSubstr("certificate")));
}

TEST(StatusLine, IsShortHoweverMuchIsWrong) {
  std::vector<api::StreamStatus> streams;
  for (int number = 0; number < 100; ++number) {
    streams.push_back(stream_of("bureau-" + std::to_string(number)));
    streams.back().link.held_back_since = now;
    for (int i = 0; i < 1000; ++i)
      streams.back().link.reason += "局";
  }
  const std::string line = status_line(node_of(std::move(streams)));
  EXPECT_LT(line.size(), 1200U);
  EXPECT_THAT(line, StartsWith("100 bureaus, 100 wrong: bureau-0: held back since "));
  EXPECT_THAT(line, HasSubstr("局…; bureau-1: "));  // cut between two characters
  EXPECT_THAT(line, EndsWith(" more"));
}

}  // namespace
}  // namespace sluice::node::test

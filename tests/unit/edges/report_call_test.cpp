#include "edges/report_call.h"

#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/center_server.h"

namespace sluice::edges::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class ReportCall : public testing::Test {
 protected:
  link::Result<Reception> bring(const std::string& bureau = "park",
                                const std::string& report = to_json(QuarantineReport{})) {
    return bring_report(caller, record::BureauId(bureau), report, stopping.get_token());
  }
  api::test::CenterServer server;
  std::stop_source stopping;
  link::Bandwidth bandwidth{std::nullopt};
  link::Uplink uplink = server.uplink();
  link::HttpsCaller caller{uplink, server.identity(), bandwidth};
};

TEST_F(ReportCall, BringsAReportToTheCenter) {
  EXPECT_EQ(bring().value(), Reception::taken);
  EXPECT_EQ(bring("quality").value(), Reception::taken) << "over the same connection";
  EXPECT_THAT(server.reports(), SizeIs(2));
}

// There the path is one of a stream that stands somewhere, which takes no PUT.
TEST_F(ReportCall, IsUnwantedAtACenterOfAnEarlierVersion) {
  server.takes_reports = false;
  server.restart();
  uplink = server.uplink();
  link::HttpsCaller again(uplink, server.identity(), bandwidth);
  EXPECT_EQ(bring_report(again, record::BureauId("park"), to_json(QuarantineReport{}), {}).value(),
            Reception::unwanted);
}

TEST_F(ReportCall, ToldWhyItIsRefusedAndWhetherItPasses) {
  const auto foreign = bring("tax");
  ASSERT_FALSE(foreign);
  EXPECT_EQ(foreign.error().code, link::LinkProblem::refused);
  EXPECT_THAT(foreign.error().sentence, HasSubstr("not-permitted, status 403"));
  EXPECT_THAT(bring("park", "{}").error().sentence, HasSubstr("not-a-report"));
  server.center.is_store_available = false;
  EXPECT_EQ(bring().error().code, link::LinkProblem::unavailable);
  EXPECT_THAT(server.reports(), IsEmpty());
}

TEST_F(ReportCall, ConnectsAnewWhereTheCenterHasGoneAndComeBack) {
  ASSERT_TRUE(bring());
  caller.disconnect();
  EXPECT_TRUE(bring());
}

TEST_F(ReportCall, EndsWhenItIsToldToStop) {
  stopping.request_stop();
  EXPECT_FALSE(bring());
  EXPECT_THAT(server.reports(), IsEmpty());
}

}  // namespace
}  // namespace sluice::edges::test

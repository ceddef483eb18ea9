// What becomes of a run's end: its outcome, the alarm, the metric.
#include "runs/run_report.h"

#include <memory>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice::runs::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class Lines : public observe::LogTarget {
 public:
  explicit Lines(std::vector<std::string>& lines) : lines_(lines) {}
  std::error_code write(const observe::LogEntry& entry) override {
    lines_.push_back(entry.line);
    return {};
  }

 private:
  std::vector<std::string>& lines_;
};

class RunReportTest : public testing::Test {
 protected:
  runs::Run ended(const ChildEnd& end) {
    runs::Run run{.job = {record::BureauId("levy"), "reconcile"}, .started = {}};
    run.ended = run.started;
    note_end(run, end, std::chrono::seconds(60));
    tell_of(run, log, metrics);
    return run;
  }

  std::vector<std::string> lines;
  observe::Log log{observe::Log::Level::info, std::make_unique<Lines>(lines)};
  observe::Metrics metrics;
};

TEST_F(RunReportTest, ARepairThatIsRefusedRaisesTheAlarmAndTheMetricAndIsAFailure) {
  const runs::Run run = ended(
      {.status = 4,
       .output =
           R"({"dataset":"payment","same":false,"found":{"missing":1,"extra":9,"different":2},)"
           R"("repair":{"refused":"it would delete 9 of the 10 records"}})"
           "\n",
       .errors = "sluice: payment: it would delete 9 of the 10 records\n"});
  EXPECT_EQ(run.outcome, "refused");
  EXPECT_THAT(lines,
              ElementsAre(HasSubstr("event=run-failed bureau=levy task=reconcile outcome=refused"),
                          "level=error event=reconciliation-differs bureau=levy dataset=payment "
                          "missing=1 extra=9 different=2 repaired=false"));
  EXPECT_THAT(
      metrics.exposition(),
      HasSubstr("sluice_reconciliation_differences{bureau=\"levy\",dataset=\"payment\"} 12"));
}

TEST_F(RunReportTest, ARepairAfterWhichBothSidesAreTheSameIsToldAsOne) {
  ended({.output = R"({"dataset":"payment","same":true,"found":{"missing":1},)"
                   R"("repair":{"sent":1,"deleted":0,"left":{"missing":0}}})"
                   "\n"});
  EXPECT_THAT(lines, Contains(AllOf(StartsWith("level=warning event=reconciliation-differs"),
                                    HasSubstr("repaired=true"))));
}

TEST_F(RunReportTest, ARepairThatLeavesADifferenceIsNotToldAsOne) {
  ended({.status = 5,
         .output = R"({"dataset":"payment","same":false,"found":{"missing":1},)"
                   R"("repair":{"sent":1,"deleted":0,"left":{"missing":1}}})"
                   "\n"});
  EXPECT_THAT(lines, Contains(HasSubstr("repaired=false")));
}

TEST_F(RunReportTest, ARunThatWaitedForRoomUntilItsTimeHadPassedWasHeldBack) {
  const runs::Run run =
      ended({.status = 143,
             .is_timed_out = true,
             .errors = "sluice: waiting for room: levy: 9 bytes wait for their receipts\n"});
  EXPECT_EQ(run.outcome, "backlog-full");
  EXPECT_EQ(run.sentence,
            "there was no room until time_limit (60 s) had passed: levy: 9 bytes wait for their "
            "receipts");
  EXPECT_TRUE(is_failure(run.outcome)) << "it is tried again";
}

TEST_F(RunReportTest, ARunThatHadRoomAgainTookTooLong) {
  const runs::Run run = ended({.status = 143,
                               .is_timed_out = true,
                               .errors = "sluice: waiting for room: levy: 9 bytes wait\n"
                                         "sluice: there is room again\n"});
  EXPECT_EQ(run.outcome, "timed-out");
  EXPECT_THAT(run.sentence, HasSubstr("it took longer than time_limit (60 s)"));
}

TEST_F(RunReportTest, AComparisonThatFindsNothingRaisesNoAlarm) {
  ended({.output =
             R"({"dataset":"payment","same":true,"found":{"missing":0,"extra":0,"different":0}})"
             "\n"});
  EXPECT_THAT(lines, Not(Contains(HasSubstr("reconciliation-differs"))));
}

}  // namespace
}  // namespace sluice::runs::test

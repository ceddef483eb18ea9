// What an operator asks of the runs that were: which, how they ended, and what they did.
#include "runs/run_history.h"

#include <cstdint>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runs/history_format.h"
#include "runs/run_summary.h"
#include "sqlite/format.h"
#include "support/temporary_directory.h"

namespace sluice::runs::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class RunHistoryTest : public testing::Test {
 protected:
  // Ids are given from 1 on; each run takes a minute.
  void ran(const std::string& bureau, const std::string& task, const std::string& outcome) {
    const schedule::Moment started(std::chrono::hours(++begun));
    const JobName job{record::BureauId(bureau), task};
    runs::Run run{.id = history.begin(job, "scheduled", started).value(),
                  .job = job,
                  .started = started,
                  .outcome = outcome,
                  .sentence = "why",
                  .summary = "{}"};
    if (outcome.empty()) return;
    run.ended = started + std::chrono::minutes(1);
    ASSERT_TRUE(history.end(run));
  }
  std::vector<std::int64_t> ids(const RunFilter& filter, std::size_t most = 100) {
    const auto found = history.find(filter, most).value();
    std::vector<std::int64_t> all;
    for (const runs::Run& run : found)
      all.push_back(run.id);
    return all;
  }

  int begun = 0;
  record::test::TemporaryDirectory directory;
  RunHistory history = RunHistory::open(directory / "jobs.sqlite").value();
};

TEST_F(RunHistoryTest, KnowsWhenAJobLastSucceededHoweverManyHaveFailedSince) {
  const JobName job{record::BureauId("levy"), "collect"};
  EXPECT_EQ(history.last_success(job).value(), std::nullopt);
  ran("levy", "collect", "succeeded");
  ran("levy", "collect", "quarantined");
  for (const std::string outcome : {"failed", "timed-out", "refused", "stopped", "lost", ""})
    ran("levy", "collect", outcome);
  ran("levy", "reconcile", "succeeded");
  EXPECT_EQ(history.last_success(job).value(), schedule::Moment(std::chrono::hours(2)));
}

TEST_F(RunHistoryTest, TellsTheRunsOfAllJobsTheNewestFirst) {
  ran("levy", "collect", "succeeded");
  ran("tax", "reconcile", "differs");
  ran("tax", "collect", "");
  const auto found = history.find({}, 100).value();
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].job.bureau.str(), "tax");
  EXPECT_FALSE(found[0].took()) << "it is under way";
  EXPECT_EQ(found[1].job.task, "reconcile");
  EXPECT_EQ(found[1].outcome, "differs");
  EXPECT_EQ(found[1].sentence, "why");
  EXPECT_EQ(found[1].took(), std::chrono::minutes(1));
  EXPECT_EQ(found[2].id, 1);
}

TEST_F(RunHistoryTest, TellsThoseThatAreAskedForInPages) {
  for (int i = 0; i < 3; ++i) {
    ran("levy", "collect", "succeeded");
    ran("tax", "collect", "failed");
    ran("tax", "reconcile", "failed");
  }
  const record::BureauId tax("tax");
  EXPECT_THAT(ids({.bureau = tax}), ElementsAre(9, 8, 6, 5, 3, 2));
  EXPECT_THAT(ids({.bureau = tax}, 2), ElementsAre(9, 8));
  EXPECT_THAT(ids({.bureau = tax, .before = 8}, 2), ElementsAre(6, 5));
  EXPECT_THAT(ids({.task = "collect"}), ElementsAre(8, 7, 5, 4, 2, 1));
  EXPECT_THAT(ids({.outcome = "succeeded"}), ElementsAre(7, 4, 1));
  EXPECT_THAT(ids({.bureau = tax, .task = "reconcile", .outcome = "failed", .before = 9}),
              ElementsAre(6, 3));
  EXPECT_THAT(ids({.bureau = tax, .outcome = "succeeded"}), IsEmpty());
  ran("levy", "collect", "");
  EXPECT_THAT(ids({.outcome = ""}), ElementsAre(10)) << "under way";
}

TEST_F(RunHistoryTest, EachPageIsASeek) {
  auto database = sqlite::Database::open(directory / "jobs.sqlite").value();
  for (int asked = 0; asked < 8; ++asked) {
    RunFilter filter;
    if ((asked & 1) != 0) filter.bureau = record::BureauId("tax");
    if ((asked & 2) != 0) filter.task = "collect";
    if ((asked & 4) != 0) filter.outcome = "failed";
    const std::string query = query_of(filter);
    auto plan = database.prepare("EXPLAIN QUERY PLAN " + query).value();
    while (plan.step().value()) {
      const std::string step(plan.text(3));
      EXPECT_THAT(step, HasSubstr(asked == 0 ? "USING INTEGER PRIMARY KEY" : "USING INDEX run_"))
          << query;
      EXPECT_THAT(step, Not(HasSubstr("TEMP B-TREE"))) << query;
    }
  }
}

TEST_F(RunHistoryTest, WhereNothingRanLookingMakesNoFile) {
  const auto none = RunHistory::open_if_there(directory / "none.sqlite");
  ASSERT_TRUE(none);
  EXPECT_FALSE(*none);
  EXPECT_FALSE(std::filesystem::exists(directory / "none.sqlite"));
  EXPECT_TRUE(RunHistory::open_if_there(directory / "jobs.sqlite").value());
}

class HistoryFormat : public RunHistoryTest {
 protected:
  void write(int format) const {
    auto database = sqlite::Database::open(directory / "jobs.sqlite").value();
    ASSERT_TRUE(database.execute("PRAGMA user_version=" + std::to_string(format)));
  }
  std::int64_t found() const {
    auto database = sqlite::Database::open(directory / "jobs.sqlite").value();
    return sqlite::format_of(database).value();
  }
};

// As tests/fixtures/0.1.0 has it.
TEST_F(HistoryFormat, IsGivenToAFileWithoutOneAndItsRunsStay) {
  EXPECT_EQ(found(), newest_history_format);
  ran("levy", "collect", "succeeded");
  write(0);
  auto opened = RunHistory::open(directory / "jobs.sqlite");
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->find({}, 10).value().size(), 1U);
  EXPECT_EQ(found(), newest_history_format);
}

TEST_F(HistoryFormat, OfALaterVersionIsRefusedAlsoToWhoOnlyLooks) {
  write(99);
  const auto opened = RunHistory::open(directory / "jobs.sqlite");
  ASSERT_FALSE(opened);
  EXPECT_THAT(to_string(opened.error()), HasSubstr("jobs.sqlite: it is of format 99"));
  const auto looked_at = RunHistory::open_if_there(directory / "jobs.sqlite");
  ASSERT_FALSE(looked_at);
  EXPECT_THAT(to_string(looked_at.error()), HasSubstr("run that version"));
  EXPECT_EQ(found(), 99);
}

TEST(RunFigures, OfACollectionAreThoseOfAllItsDatasets) {
  const runs::Run run{.summary =
                          R"({"dataset":"a","collected":7,"upserts":4,"deletes":1,"quarantined":2,)"
                          R"("held_back":3,"held_back_of":9,"batches":1})"
                          "\n"
                          R"({"dataset":"b","collected":5,"upserts":5,"deletes":0,"quarantined":0,)"
                          R"("held_back":0,"batches":2})"
                          "\ncut o"};
  EXPECT_EQ(figures_of(run), (RunFigures{.datasets = 2,
                                         .rows = 12,
                                         .upserts = 9,
                                         .deletes = 1,
                                         .quarantined = 2,
                                         .held_back = 3,
                                         .batches = 3}));
}

TEST(RunFigures, OfAComparisonTellWhatWasFoundAndRepaired) {
  const runs::Run run{.summary = R"({"dataset":"a","same":false,"source_records":100,)"
                                 R"("found":{"missing":1,"extra":2,"different":3},)"
                                 R"("repair":{"sent":4,"deleted":2,"left":{"missing":0}}})"};
  EXPECT_EQ(figures_of(run),
            (RunFigures{.datasets = 1, .compared = 100, .differences = 6, .repaired = 6}));
  EXPECT_EQ(figures_of(runs::Run{.summary = "no JSON, [1]\n[2]\n"}), RunFigures{});
}

}  // namespace
}  // namespace sluice::runs::test

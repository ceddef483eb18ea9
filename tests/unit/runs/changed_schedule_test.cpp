// What becomes of jobs, and of runs that are under way, when a plan takes the place of another.
#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runs/scheduler.h"
#include "unit/runs/scheduler_fixture.h"

namespace sluice::runs::test {
namespace {

using testing::AllOf;
using testing::AnyOf;
using testing::HasSubstr;
using testing::Not;

// What changes while a run of `tax` holds on.
class ChangedScheduleTest : public SchedulerTest {
 protected:
  std::unique_ptr<Scheduler> running() {
    script_that_holds("tax");
    auto scheduler = start(every_hour());
    EXPECT_TRUE(scheduler->obey(bureau_, Scheduler::Order::run_now));
    EXPECT_TRUE(comes([&] { return runs_of("tax") == 1; }));
    return scheduler;
  }
  static Scheduler::Work work(const std::string& bureau, schedule::Schedule schedule) {
    return {{{.name = {record::BureauId(bureau), "collect"},
              .schedule = std::move(schedule),
              .arguments = {"collect", bureau}}},
            {}};
  }
  bool has_ended() {
    const auto runs = history();
    return !runs.empty() && runs.back().ended;
  }
};

TEST_F(ChangedScheduleTest, ARunThatIsUnderWayEndsWellAndItsNextComesByTheNewSchedule) {
  const auto scheduler = running();
  ASSERT_TRUE(scheduler->change({{bureau_, work("tax", every_second())}}));
  EXPECT_TRUE(scheduler->status().at(0).running_since) << "the run is not accounted for";
  EXPECT_EQ(scheduler->status().at(0).schedule, "@every 1s");
  EXPECT_EQ(runs_of("tax"), 1U);
  release();
  EXPECT_TRUE(comes([&] { return runs_of("tax") >= 2; }));
  EXPECT_EQ(history().back().outcome, "succeeded");
}

TEST_F(ChangedScheduleTest, ARunWhoseBureauIsGoneEndsWellAndIsTheLast) {
  const auto scheduler = running();
  ASSERT_TRUE(scheduler->change({{record::BureauId("park"), work("park", every_second())}}));
  EXPECT_FALSE(scheduler->obey(bureau_, Scheduler::Order::run_now));
  EXPECT_TRUE(comes([&] { return runs_of("park") >= 1; }));
  release();
  EXPECT_TRUE(comes([&] { return has_ended(); }));
  EXPECT_EQ(history().back().outcome, "succeeded");
  EXPECT_TRUE(comes([&] { return runs_of("park") >= 3; }));
  EXPECT_EQ(runs_of("tax"), 1U);
}

TEST_F(ChangedScheduleTest, ABureauThatComesBackWhileItsRunIsUnderWayHasNoSecondOne) {
  const auto scheduler = running();
  ASSERT_TRUE(scheduler->change({}));
  ASSERT_TRUE(scheduler->change({{bureau_, work("tax", every_hour())}}));
  ASSERT_TRUE(scheduler->obey(bureau_, Scheduler::Order::run_now));
  EXPECT_EQ(runs_of("tax"), 1U);
  EXPECT_FALSE(has_ended()) << "it was called lost: " << history().back().outcome;
  release();
  EXPECT_TRUE(comes([&] { return runs_of("tax") == 2; }));
  EXPECT_EQ(history().back().outcome, "succeeded");
}

TEST_F(ChangedScheduleTest, AJobThatIsAsItWasIsDueWhenItWas) {
  script("echo $4 >> \"$2/runs\"");
  stop_clock(noon_);
  schedule::Schedule hourly = every_hour();
  hourly.jitter = std::chrono::seconds(0);
  const auto scheduler = start(hourly);
  // An interval begins with a run; while that is under way nothing is due.
  const schedule::Moment due = noon_ + std::chrono::hours(1);
  ASSERT_TRUE(comes([&] { return scheduler->status().at(0).next == due; }));
  stop_clock(noon_ + std::chrono::minutes(10));
  ASSERT_TRUE(scheduler->change(
      {{bureau_, work("tax", hourly)}, {record::BureauId("park"), work("park", hourly)}}));
  EXPECT_EQ(scheduler->status().size(), 2U);
  EXPECT_EQ(scheduler->status().at(1).next, due);
}

TEST_F(ChangedScheduleTest, ATimeThatWentByBeforeItWasWrittenIsNotMissed) {
  stop_clock(noon_);
  schedule::Schedule yearly = every_hour();
  yearly.run = schedule::parse_cron("0 0 1 1 *").value();
  const auto scheduler = start(yearly);
  stop_clock(noon_ + std::chrono::hours(10));
  schedule::Schedule at_six = every_hour();
  at_six.run = schedule::parse_cron("0 18 * * *").value();
  Scheduler::Work changed = work("tax", at_six);
  changed.jobs.push_back({.name = {bureau_, "reconcile"}, .schedule = at_six, .arguments = {}});
  ASSERT_TRUE(scheduler->change({{bureau_, changed}}));
  const schedule::Moment tomorrow = noon_ + std::chrono::hours(30);
  EXPECT_EQ(scheduler->status().at(0).next, tomorrow) << "another schedule";
  EXPECT_EQ(scheduler->status().at(1).next, tomorrow) << "another job";
}

TEST_F(ChangedScheduleTest, WhatIsMeasuredOfABureauIsThereAgainWhenItComesBack) {
  {
    auto history = RunHistory::open(directory_ / "jobs.sqlite").value();
    runs::Run run{.job = {bureau_, "collect"}, .started = noon_, .outcome = "succeeded"};
    run.ended = noon_;
    run.id = history.begin(run.job, "scheduled", noon_).value();
    ASSERT_TRUE(history.end(run));
  }
  const auto scheduler = running();
  ASSERT_TRUE(scheduler->change({}));
  EXPECT_THAT(metrics_.exposition(),
              Not(AnyOf(HasSubstr("sluice_jobs_paused{bureau=\"tax\"}"),
                        HasSubstr("sluice_last_successful_run_timestamp_seconds{bureau=\"tax\""))));
  ASSERT_TRUE(scheduler->change({{bureau_, work("tax", every_hour())}}));
  EXPECT_THAT(metrics_.exposition(),
              AllOf(HasSubstr("sluice_jobs_paused{bureau=\"tax\"} 0"),
                    HasSubstr("sluice_last_successful_run_timestamp_seconds{bureau=\"tax\"")));
  release();
}

TEST_F(ChangedScheduleTest, APlanThatCanNotBeLeavesAllAsItIs) {
  const auto scheduler = running();
  std::filesystem::rename(directory_ / "jobs.sqlite", directory_ / "away.sqlite");
  std::filesystem::create_directory(directory_ / "jobs.sqlite");
  EXPECT_FALSE(scheduler->change({{record::BureauId("park"), work("park", every_second())}}));
  ASSERT_EQ(scheduler->status().size(), 1U);
  EXPECT_EQ(scheduler->status().at(0).name.bureau, bureau_);
  EXPECT_TRUE(scheduler->status().at(0).running_since);
  EXPECT_THAT(metrics_.exposition(), HasSubstr("sluice_jobs_paused{bureau=\"tax\"} 0"));
  std::filesystem::remove(directory_ / "jobs.sqlite");
  std::filesystem::rename(directory_ / "away.sqlite", directory_ / "jobs.sqlite");
  release();
  EXPECT_TRUE(comes([&] { return has_ended(); }));
  EXPECT_EQ(runs_of("park"), 0U);
}

}  // namespace
}  // namespace sluice::runs::test

#include "runs/scheduler.h"

#include <atomic>
#include <chrono>
#include <fstream>
#include <functional>
#include <future>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "observe/log.h"
#include "unit/runs/scheduler_fixture.h"

namespace sluice::runs::test {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST_F(SchedulerTest, RunsTheCommandAgainAndAgainWithItsArguments) {
  script("echo \"$@\" >> \"$2/runs\"");
  const auto scheduler = start(every_second());
  EXPECT_TRUE(comes([&] { return runs() >= 2; }));
  std::ifstream file(directory_ / "runs");
  std::string line;
  std::getline(file, line);
  EXPECT_EQ(line, "--config " + directory_.path().string() + " collect tax");
  EXPECT_TRUE(comes([&] { return outcome(*scheduler) == "succeeded"; }));
}

TEST_F(SchedulerTest, ARunThatFailsIsToldWithItsLastLineAndTriedAgain) {
  script("echo x >> \"$2/runs\"; echo first line >&2; echo sluice: no such server >&2; exit 1");
  schedule::Schedule hourly = every_second();
  hourly.run = schedule::parse_cron("0 0 1 1 *").value();
  const auto scheduler = start(hourly);
  ASSERT_TRUE(scheduler->obey(bureau_, Scheduler::Order::run_now));
  EXPECT_TRUE(comes([&] { return runs() >= 2; })) << "no retry";
  EXPECT_EQ(history().back().reason, "by-hand");
  EXPECT_TRUE(comes([&] { return history().size() >= 2 && history()[1].ended; }));
  EXPECT_EQ(history()[1].outcome, "failed");
  EXPECT_EQ(history()[1].sentence, "no such server") << "that sluice says it goes without saying";
  EXPECT_EQ(history()[0].reason, "retry");
}

// Asks what the scheduler says of a run at the moment at which it logs that it failed.
class AskingTarget : public observe::LogTarget {
 public:
  explicit AskingTarget(std::function<std::string()> ask) : ask_(std::move(ask)) {}
  std::error_code write(const observe::LogEntry& entry) override {
    if (entry.event.name == "run-failed") told.set_value(ask_());
    return {};
  }
  std::promise<std::string> told;

 private:
  std::function<std::string()> ask_;
};

TEST_F(SchedulerTest, AnAlarmIsLoggedWhenItsRunCanBeAskedFor) {
  script("exit 1");
  std::atomic<const Scheduler*> asked = nullptr;
  auto target = std::make_unique<AskingTarget>([&] { return outcome(*asked.load()); });
  auto told = target->told.get_future();
  log_ = std::make_unique<observe::Log>(observe::Log::Level::error, std::move(target));
  schedule::Schedule once = every_second();
  once.run = schedule::parse_cron("0 0 1 1 *").value();
  once.retry_first = once.retry_longest = std::chrono::hours(24);
  const auto scheduler = start(once);
  asked = scheduler.get();
  ASSERT_TRUE(scheduler->obey(bureau_, Scheduler::Order::run_now));
  ASSERT_EQ(told.wait_for(std::chrono::minutes(1)), std::future_status::ready);
  EXPECT_EQ(told.get(), "failed");
}

// It did what it may: an alarm, and nothing that is tried again.
TEST_F(SchedulerTest, DeletesThatAreHeldBackRaiseAnAlarmAndAreNoFailure) {
  script(
      "echo '{\"dataset\":\"payment\",\"collected\":0,\"held_back\":7,\"held_back_of\":9}'\n"
      "echo sluice: 7 of 9 are gone >&2; exit 6");
  const auto scheduler = start(every_second());
  EXPECT_TRUE(comes([&] { return outcome(*scheduler) == "held-back"; }));
  EXPECT_EQ(scheduler->status().at(0).last->sentence, "7 of 9 are gone");
  EXPECT_THAT(metrics_.exposition(),
              HasSubstr("sluice_deletes_held_back{bureau=\"tax\",dataset=\"payment\"} 7\n"));
  EXPECT_TRUE(comes([&] { return history().size() >= 2; }));
  EXPECT_NE(history()[0].reason, "retry");
}

TEST_F(SchedulerTest, ARunThatHangsIsEndedAndTheNextOneIsFine) {
  script(
      "if [ -e \"$2/runs\" ]; then echo x >> \"$2/runs\"; exit 0; fi\n"
      "echo x >> \"$2/runs\"; trap '' TERM; sleep 1000 & wait; wait; sleep 1000");
  schedule::Schedule schedule = every_second();
  schedule.time_limit = std::chrono::seconds(1);
  const auto scheduler = start(schedule);
  EXPECT_TRUE(comes([&] {
    const auto all = history();
    return !all.empty() && all.back().outcome == "timed-out";
  }));
  EXPECT_THAT(history().back().sentence, HasSubstr("time_limit (1 s)"));
  EXPECT_TRUE(comes([&] { return outcome(*scheduler) == "succeeded"; }));
}

TEST_F(SchedulerTest, ARunThatCrashesIsToldByItsSignal) {
  script("kill -SEGV $$");
  const auto scheduler = start(every_second());
  EXPECT_TRUE(comes([&] { return outcome(*scheduler) == "killed"; }));
  EXPECT_TRUE(comes([&] { return !history().empty() && history().back().ended; }));
  EXPECT_THAT(history().back().sentence, HasSubstr("signal 11"));
}

TEST_F(SchedulerTest, OneThatTakesTooMuchMemoryOrTimeOfTheProcessorIsEnded) {
  script("exec sh -c 'while :; do :; done'");
  schedule::Schedule schedule = every_second();
  schedule.cpu_limit = std::chrono::seconds(1);
  const auto scheduler = start(schedule);
  EXPECT_TRUE(comes([&] { return outcome(*scheduler) == "killed"; }));
}

TEST_F(SchedulerTest, APauseHoldsOverARestartUntilItIsLifted) {
  script("echo x >> \"$2/runs$([ $4 = tax ] || echo -of-another)\"");
  {
    const auto scheduler = start(every_second());
    ASSERT_TRUE(comes([&] { return runs() >= 1; }));
    ASSERT_TRUE(scheduler->obey(bureau_, Scheduler::Order::pause));
    ASSERT_TRUE(comes([&] {
      return RunHistory::open(directory_ / "jobs.sqlite").value().is_paused(bureau_).value();
    }));
  }
  const std::size_t before = runs();
  const auto scheduler = start(every_second());
  EXPECT_TRUE(scheduler->status().at(0).is_paused);
  add(*scheduler, "another", every_second());
  EXPECT_TRUE(comes([&] { return runs("runs-of-another") >= 3; }));
  EXPECT_EQ(runs(), before) << "in the time of three runs";
  ASSERT_TRUE(scheduler->obey(bureau_, Scheduler::Order::run_now));
  EXPECT_TRUE(comes([&] { return runs() == before + 1; })) << "by hand it runs all the same";
  ASSERT_TRUE(scheduler->obey(bureau_, Scheduler::Order::resume));
  EXPECT_TRUE(comes([&] { return runs() >= before + 2; }));
}

TEST_F(SchedulerTest, WhatTheMetricsSayOfTheLastRunHoldsOverARestart) {
  const JobName job{bureau_, "collect"};
  {
    auto history = RunHistory::open(directory_ / "jobs.sqlite").value();
    runs::Run run{.job = job, .started = noon_, .outcome = "held-back"};
    run.ended = noon_;
    run.summary = R"({"dataset":"payment","collected":3,"held_back":9,"held_back_of":10})";
    run.id = history.begin(job, "scheduled", noon_).value();
    ASSERT_TRUE(history.end(run));
    runs::Run failed{.job = job, .started = noon_, .ended = noon_, .outcome = "failed"};
    failed.id = history.begin(job, "retry", noon_).value();
    ASSERT_TRUE(history.end(failed));
    ASSERT_TRUE(history.set_paused(bureau_, true));
  }
  script("exit 0");
  const auto scheduler = start(every_hour());
  const std::string labels = "{bureau=\"tax\",task=\"collect\"}";
  EXPECT_EQ(metrics_.last_success("tax", "collect").Value(),
            static_cast<double>(noon_.time_since_epoch().count()));
  EXPECT_EQ(metrics_.deletes_held_back("tax", "payment").Value(), 9);
  EXPECT_EQ(metrics_.jobs_paused("tax").Value(), 1);
  EXPECT_THAT(metrics_.exposition(), Not(HasSubstr("sluice_next_run_timestamp_seconds" + labels)))
      << "it does not run next";
  ASSERT_TRUE(scheduler->obey(bureau_, Scheduler::Order::resume));
  EXPECT_THAT(metrics_.exposition(), HasSubstr("sluice_next_run_timestamp_seconds" + labels));
  EXPECT_EQ(metrics_.jobs_paused("tax").Value(), 0);
}

TEST_F(SchedulerTest, HeldBackItSaysWhyAndGoesOnWhenItMay) {
  script("echo x >> \"$2/runs\"");
  std::atomic<bool> is_full = true;
  const auto scheduler = start(every_second(), [&]() -> std::optional<std::string> {
    return is_full ? std::optional<std::string>("the journal is full") : std::nullopt;
  });
  EXPECT_TRUE(comes([&] { return scheduler->status().at(0).held_back == "the journal is full"; }));
  EXPECT_EQ(runs(), 0U);
  is_full = false;
  EXPECT_TRUE(comes([&] { return runs() >= 1; }));
  EXPECT_EQ(scheduler->status().at(0).held_back, "");
}

TEST_F(SchedulerTest, ARunThatWasUnderWayWhenTheDaemonDiedIsLost) {
  {
    auto history = RunHistory::open(directory_ / "jobs.sqlite").value();
    ASSERT_TRUE(history.begin({bureau_, "collect"}, "scheduled", schedule::Moment{}));
  }
  script("exit 0");
  schedule::Schedule never = every_second();
  never.run = schedule::parse_cron("0 0 1 1 *").value();
  never.missed = schedule::Missed::skip;
  never.retry_longest = never.retry_first = std::chrono::hours(24 * 366);
  const auto scheduler = start(never);
  EXPECT_EQ(outcome(*scheduler), "lost");
}

TEST_F(SchedulerTest, StoppedItEndsWhatRunsAndDoesNotWaitForIt) {
  script("echo x >> \"$2/runs\"; sleep 1000");
  auto scheduler = start(every_second());
  ASSERT_TRUE(comes([&] { return runs() == 1; }));
  scheduler.reset();
  EXPECT_EQ(history().at(0).outcome, "stopped");
}

TEST_F(SchedulerTest, StoppedItAsksAllRunsAtOnce) {
  // Each ends when the other has been asked too.
  script(
      "case $4 in a) other=b;; *) other=a;; esac\n"
      "trap 'touch \"$2/$4.asked\"; while [ ! -e \"$2/$other.asked\" ]; do sleep 0.02; done;"
      " touch \"$2/$4.ended\"; exit 0' TERM\n"
      "touch \"$2/$4.began\"; while :; do sleep 0.02; done");
  auto scheduler = without_jobs();
  add(*scheduler, "a", every_hour());
  add(*scheduler, "b", every_hour());
  ASSERT_TRUE(comes([&] { return exists("a.began") && exists("b.began"); }));
  scheduler.reset();
  EXPECT_TRUE(exists("a.ended"));
  EXPECT_TRUE(exists("b.ended"));
}

TEST_F(SchedulerTest, StoppedItBeginsNothingThatWaitedForASlot) {
  script_that_holds("a");
  auto scheduler = without_jobs(1);
  add(*scheduler, "a", every_hour());
  ASSERT_TRUE(comes([&] { return runs_of("a") == 1; }));
  std::atomic<int> looks = 0;
  add(*scheduler, "b", every_hour(), [&]() -> std::optional<std::string> {
    ++looks;
    return std::nullopt;
  });
  ASSERT_TRUE(comes([&] { return looks > 0; }));
  scheduler.reset();
  EXPECT_EQ(runs_of("b"), 0U);
}

TEST_F(SchedulerTest, WhatIsPausedWhileItWaitsForASlotDoesNotRun) {
  script_that_holds("a");
  std::atomic<int> looks = 0;
  const auto scheduler = without_jobs(1);
  add(*scheduler, "a", every_second());
  ASSERT_TRUE(comes([&] { return runs_of("a") == 1; }));
  add(*scheduler, "b", every_second(), [&]() -> std::optional<std::string> {
    ++looks;
    return std::nullopt;
  });
  ASSERT_TRUE(comes([&] { return looks > 0; })) << "then it waits for the slot";
  ASSERT_TRUE(scheduler->obey(record::BureauId("b"), Scheduler::Order::pause));
  release();
  ASSERT_TRUE(comes([&] { return runs_of("a") >= 3; }));
  EXPECT_EQ(runs_of("b"), 0U);
  ASSERT_TRUE(scheduler->obey(record::BureauId("b"), Scheduler::Order::resume));
  EXPECT_TRUE(comes([&] { return runs_of("b") >= 1; }));
}

TEST_F(SchedulerTest, ABlackoutThatBeginsWhileItWaitsForASlotIsHeeded) {
  script_that_holds("a");
  stop_clock(noon_);
  std::atomic<int> looks = 0;
  const auto scheduler = without_jobs(1);
  add(*scheduler, "a", every_hour());
  ASSERT_TRUE(comes([&] { return runs_of("a") == 1; }));
  schedule::Schedule with_blackout = every_hour();
  with_blackout.blackouts = {schedule::parse_blackout("12:30-13:30").value()};
  add(*scheduler, "b", with_blackout, [&]() -> std::optional<std::string> {
    ++looks;
    return std::nullopt;
  });
  ASSERT_TRUE(comes([&] { return looks > 0; })) << "then it waits for the slot";
  stop_clock(noon_ + std::chrono::minutes(40));
  release();
  EXPECT_TRUE(comes([&] {
    return scheduler->status().at(1).next == noon_ + std::chrono::minutes(90);
  })) << "at the blackout's end";
  EXPECT_EQ(runs_of("b"), 0U);
  stop_clock(noon_ + std::chrono::minutes(90));
  EXPECT_TRUE(comes([&] { return runs_of("b") == 1; }));
}

TEST_F(SchedulerTest, ARunThatLiesInTheFutureDoesNotDelayTheNext) {
  script("echo x >> \"$2/runs\"");
  {
    auto history = RunHistory::open(directory_ / "jobs.sqlite").value();
    runs::Run run{.job = {bureau_, "collect"}, .started = now() + std::chrono::hours(24 * 365)};
    run.id = history.begin(run.job, "scheduled", run.started).value();
    run.ended = run.started;
    run.outcome = "succeeded";
    ASSERT_TRUE(history.end(run));
  }
  const auto scheduler = start(every_hour());
  EXPECT_TRUE(comes([&] { return runs() == 1; }));
}

TEST_F(SchedulerTest, AClockThatIsSetBackDoesNotDelayTheNextRun) {
  script("echo x >> \"$2/runs\"");
  stop_clock(noon_);
  const auto scheduler = start(every_hour());
  const auto next_is = [&](schedule::Moment moment) {
    return comes([&] { return scheduler->status().at(0).next == moment; });
  };
  ASSERT_TRUE(comes([&] { return runs() == 1; }));
  ASSERT_TRUE(next_is(noon_ + std::chrono::hours(1)));
  stop_clock(noon_ - std::chrono::hours(24));
  EXPECT_TRUE(next_is(noon_ - std::chrono::hours(23)));
  stop_clock(noon_ - std::chrono::hours(23));
  EXPECT_TRUE(comes([&] { return runs() == 2; }));
}

TEST_F(SchedulerTest, ARunCaughtByAFullBacklogIsCalledHeldBack) {
  script("echo 'sluice: waiting for room: tax: full' >&2; sleep 1000");
  schedule::Schedule schedule = every_second();
  schedule.time_limit = std::chrono::seconds(1);
  const auto scheduler = start(schedule);
  EXPECT_TRUE(comes([&] { return outcome(*scheduler) == "backlog-full"; }));
}

TEST_F(SchedulerTest, AnOrderToPauseIsOnTheDiskWhenItIsAnsweredWhateverRuns) {
  script_that_holds(bureau_.str());
  const auto scheduler = start(every_second());
  ASSERT_TRUE(comes([&] { return runs() == 1; }));
  ASSERT_TRUE(scheduler->obey(bureau_, Scheduler::Order::pause));
  EXPECT_TRUE(RunHistory::open(directory_ / "jobs.sqlite").value().is_paused(bureau_).value());
  release();
}

// For the thread sanitizer.
TEST_F(SchedulerTest, OrdersMayComeWhileRunsBeginAndEnd) {
  script("echo x >> \"$2/runs\"");
  const auto scheduler = start(every_second());
  for (std::size_t wanted = 1; wanted <= 5; ++wanted) {
    ASSERT_TRUE(scheduler->obey(bureau_, Scheduler::Order::run_now));
    ASSERT_TRUE(comes([&] {
      for (const auto order : {Scheduler::Order::pause, Scheduler::Order::resume})
        EXPECT_TRUE(scheduler->obey(bureau_, order));
      return scheduler->status().size() == 1 && runs() >= wanted;
    }));
  }
}

TEST_F(SchedulerTest, OfABureauThatItDoesNotKnowItSaysSo) {
  script("exit 0");
  EXPECT_FALSE(start(every_second())->obey(record::BureauId("other"), Scheduler::Order::pause));
}

}  // namespace
}  // namespace sluice::runs::test

#include "jobs/scheduler.h"

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "observe/log.h"
#include "unit/record/temporary_directory.h"

namespace sluice::jobs::test {
namespace {

using testing::HasSubstr;

// A command of the test's own in place of `sluice`: its script is told what to do by the arguments.
class SchedulerTest : public testing::Test {
 protected:
  void script(const std::string& body) {
    const auto path = directory_ / "sluice";
    std::ofstream(path) << "#!/bin/sh\n" << body << "\n";
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  }
  std::unique_ptr<Scheduler> start(schedule::Schedule schedule, HoldBack hold_back = {}) {
    auto scheduler = std::make_unique<Scheduler>(Scheduler::Surroundings{
        .command = directory_ / "sluice",
        .configuration = directory_.path(),
        .history = directory_ / "jobs.sqlite",
        .log = *log_,
        .metrics = metrics_,
        .clock =
            [] {
              return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
            },
        .chance = [] { return 0.0; }});
    const auto added = scheduler->add(bureau_,
                                      {{.name = {bureau_, "collect"},
                                        .schedule = std::move(schedule),
                                        .arguments = {"collect", bureau_.str()}}},
                                      std::move(hold_back));
    EXPECT_TRUE(added) << added.error();
    return scheduler;
  }
  static schedule::Schedule every_second() {
    schedule::Schedule schedule;
    schedule.run = schedule::Every{std::chrono::seconds(1)};
    schedule.written = "@every 1s";
    schedule.retry_first = std::chrono::seconds(1);
    schedule.memory_limit = 0;
    return schedule;
  }
  // Waits until what is expected has come, as long as a test may take.
  template <class Condition>
  static bool comes(Condition condition) {
    for (int i = 0; i < 600; ++i) {
      if (condition()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return false;
  }
  static std::string outcome(const Scheduler& scheduler) {
    const auto status = scheduler.status();
    return status.at(0).last ? status[0].last->outcome : "";
  }
  std::size_t runs() const {
    std::ifstream file(directory_ / "runs");
    std::size_t lines = 0;
    for (std::string line; std::getline(file, line);)
      ++lines;
    return lines;
  }
  std::vector<jobs::Run> history() {
    return RunHistory::open(directory_ / "jobs.sqlite")
        .value()
        .last({bureau_, "collect"}, 100)
        .value();
  }

  record::test::TemporaryDirectory directory_;
  record::BureauId bureau_{"tax"};
  observe::Metrics metrics_;
  std::unique_ptr<observe::Log> log_ = observe::open_log({}, "test");
};

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
  script("echo x >> \"$2/runs\"");
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
  std::this_thread::sleep_for(std::chrono::milliseconds(2500));
  EXPECT_EQ(runs(), before);
  ASSERT_TRUE(scheduler->obey(bureau_, Scheduler::Order::run_now));
  EXPECT_TRUE(comes([&] { return runs() == before + 1; })) << "by hand it runs all the same";
  ASSERT_TRUE(scheduler->obey(bureau_, Scheduler::Order::resume));
  EXPECT_TRUE(comes([&] { return runs() >= before + 2; }));
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

TEST_F(SchedulerTest, OfABureauThatItDoesNotKnowItSaysSo) {
  script("exit 0");
  EXPECT_FALSE(start(every_second())->obey(record::BureauId("other"), Scheduler::Order::pause));
}

}  // namespace
}  // namespace sluice::jobs::test

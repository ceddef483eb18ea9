// A scheduler whose command, clock and history are the test's own.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "observe/log.h"
#include "observe/metrics.h"
#include "runs/run_history.h"
#include "runs/scheduler.h"
#include "support/temporary_directory.h"

namespace sluice::runs::test {

// A command of the test's own in place of `sluice`: its script is told what to do by the arguments.
class SchedulerTest : public testing::Test {
 protected:
  void script(const std::string& body) {
    const auto path = directory_ / "sluice";
    std::ofstream(path) << "#!/bin/sh\n" << body << "\n";
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  }
  std::unique_ptr<Scheduler> without_jobs(std::size_t at_once = 4) {
    return std::make_unique<Scheduler>(
        Scheduler::Surroundings{.command = directory_ / "sluice",
                                .configuration = directory_.path(),
                                .history = directory_ / "jobs.sqlite",
                                .log = *log_,
                                .metrics = metrics_,
                                .clock = [this] { return now(); },
                                .chance = [] { return 0.0; },
                                .at_once = at_once});
  }
  static void add(Scheduler& scheduler, const std::string& bureau, schedule::Schedule schedule,
                  HoldBack hold_back = {}) {
    const record::BureauId id(bureau);
    const auto added = scheduler.add(id,
                                     {{.name = {id, "collect"},
                                       .schedule = std::move(schedule),
                                       .arguments = {"collect", bureau}}},
                                     std::move(hold_back));
    EXPECT_TRUE(added) << record::to_string(added.error());
  }
  std::unique_ptr<Scheduler> start(schedule::Schedule schedule, HoldBack hold_back = {}) {
    auto scheduler = without_jobs();
    add(*scheduler, bureau_.str(), std::move(schedule), std::move(hold_back));
    return scheduler;
  }
  // The system's clock, until stop_clock().
  schedule::Moment now() const {
    const schedule::Moment stopped{std::chrono::seconds(stopped_clock_.load())};
    return stopped.time_since_epoch().count() != 0
               ? stopped
               : std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  }
  void stop_clock(schedule::Moment at) { stopped_clock_ = at.time_since_epoch().count(); }
  static schedule::Schedule every_hour() {
    schedule::Schedule schedule = every_second();
    schedule.run = schedule::Every{std::chrono::hours(1)};
    schedule.time_zone = "UTC";
    return schedule;
  }
  // Its argument is the bureau; the runs of the first hold the slot until release().
  void script_that_holds(const std::string& bureau) {
    script("echo $4 >> \"$2/runs\"; [ $4 != " + bureau +
           " ] || while [ ! -e \"$2/released\" ]; do sleep 0.02; done");
  }
  void release() { std::ofstream(directory_ / "released"); }
  std::size_t runs_of(const std::string& bureau) const {
    std::ifstream file(directory_ / "runs");
    std::size_t lines = 0;
    for (std::string line; std::getline(file, line);)
      if (line == bureau) ++lines;
    return lines;
  }
  bool exists(const std::string& name) const { return std::filesystem::exists(directory_ / name); }
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
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    while (!condition()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return true;
  }
  static std::string outcome(const Scheduler& scheduler) {
    const auto status = scheduler.status();
    return status.at(0).last ? status[0].last->outcome : "";
  }
  std::size_t runs(const std::string& name = "runs") const {
    std::ifstream file(directory_ / name);
    std::size_t lines = 0;
    for (std::string line; std::getline(file, line);)
      ++lines;
    return lines;
  }
  std::vector<runs::Run> history() {
    return RunHistory::open(directory_ / "jobs.sqlite")
        .value()
        .last({bureau_, "collect"}, 100)
        .value();
  }

  // Monday, noon in UTC.
  const schedule::Moment noon_ =
      date::sys_days(date::year(2026) / 11 / 23) + std::chrono::hours(12);

  record::test::TemporaryDirectory directory_;
  std::atomic<std::int64_t> stopped_clock_ = 0;  // seconds; 0: it goes
  record::BureauId bureau_{"tax"};
  observe::Metrics metrics_;
  std::unique_ptr<observe::Log> log_ = observe::open_log({}, "test");
};

}  // namespace sluice::runs::test

// What of a node runs by a schedule, made from its configuration.
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "observe/log.h"
#include "observe/metrics.h"
#include "runs/scheduler.h"
#include "settings/settings.h"

namespace sluice::node {

// Without jobs yet. What it is given must outlive it; the paths are of the program that it runs,
// and of what that is given to read.
struct SchedulerSurroundings {
  std::filesystem::path command;
  std::filesystem::path configuration;
  std::filesystem::path history;
  observe::Log& log;
  observe::Metrics& metrics;
};
[[nodiscard]] std::unique_ptr<runs::Scheduler> make_scheduler(SchedulerSurroundings surroundings);

// Of a bureau that this node collects from.
[[nodiscard]] std::vector<runs::Job> scheduled_jobs(const settings::Bureau& bureau);

}  // namespace sluice::node

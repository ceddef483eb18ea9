// What of a node runs by a schedule, made from its configuration.
#pragma once

#include <expected>
#include <filesystem>
#include <functional>
#include <memory>
#include <set>
#include <string>

#include "installation/installation.h"
#include "observe/log.h"
#include "observe/metrics.h"
#include "runs/scheduler.h"

namespace sluice::node {

// What must outlive the scheduler; the paths are of the program that it runs, and of what it is
// given to read.
struct ScheduleSurroundings {
  const installation::Installation& installation;
  std::filesystem::path command;
  std::filesystem::path configuration;
  std::function<runs::HoldBack(const record::BureauId&)> hold_back;
  observe::Log& log;
  observe::Metrics& metrics;
};

// `own` are the bureaus that this node collects from.
[[nodiscard]] std::expected<std::unique_ptr<runs::Scheduler>, std::string> start_scheduled_jobs(
    const std::set<record::BureauId>& own, ScheduleSurroundings surroundings);

}  // namespace sluice::node

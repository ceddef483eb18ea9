#include "node/scheduled_jobs.h"

#include <random>
#include <utility>

namespace sluice::node {
namespace {

schedule::Moment clock_now() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

double chance() {
  thread_local std::mt19937_64 generator{std::random_device{}()};
  return std::uniform_real_distribution<double>(0, 1)(generator);
}

}  // namespace

std::unique_ptr<runs::Scheduler> make_scheduler(SchedulerSurroundings surroundings) {
  return std::make_unique<runs::Scheduler>(
      runs::Scheduler::Surroundings{.command = std::move(surroundings.command),
                                    .configuration = std::move(surroundings.configuration),
                                    .history = std::move(surroundings.history),
                                    .log = surroundings.log,
                                    .metrics = surroundings.metrics,
                                    .clock = clock_now,
                                    .chance = chance});
}

std::vector<runs::Job> scheduled_jobs(const settings::Bureau& bureau) {
  std::vector<runs::Job> jobs;
  if (!bureau.front_end) return jobs;
  const std::string& id = bureau.id.str();
  if (bureau.front_end->schedule) {
    jobs.push_back({.name = {bureau.id, "collect"},
                    .schedule = *bureau.front_end->schedule,
                    .arguments = {"collect", id, "--no-wait", "--json"}});
  }
  if (const auto& reconciliation = bureau.front_end->reconciliation) {
    // What it prints is kept: it names no record.
    jobs.push_back({.name = {bureau.id, "reconcile"},
                    .schedule = reconciliation->schedule,
                    .arguments = {"reconcile", id, "--json", "--show", "0"}});
    if (reconciliation->repairs) jobs.back().arguments.emplace_back("--repair");
  }
  return jobs;
}

}  // namespace sluice::node

#include "node/scheduled_jobs.h"

#include <random>
#include <utility>

#include "record/try.h"

namespace sluice::node {
namespace {

schedule::Moment clock_now() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

double chance() {
  thread_local std::mt19937_64 generator{std::random_device{}()};
  return std::uniform_real_distribution<double>(0, 1)(generator);
}

std::vector<runs::Job> jobs_of(const settings::Bureau& bureau) {
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

}  // namespace

std::expected<std::unique_ptr<runs::Scheduler>, std::string> start_scheduled_jobs(
    const std::set<record::BureauId>& own, ScheduleSurroundings surroundings) {
  const installation::Installation& installation = surroundings.installation;
  auto scheduler = std::make_unique<runs::Scheduler>(
      runs::Scheduler::Surroundings{.command = std::move(surroundings.command),
                                    .configuration = std::move(surroundings.configuration),
                                    .history = installation.paths.run_history(),
                                    .log = surroundings.log,
                                    .metrics = surroundings.metrics,
                                    .clock = clock_now,
                                    .chance = chance});
  for (const record::BureauId& id : own) {
    const settings::Bureau& bureau = installation.settings.bureaus.at(id);
    std::vector<runs::Job> of_bureau = jobs_of(bureau);
    if (of_bureau.empty()) continue;
    const auto added = scheduler->add(id, std::move(of_bureau), surroundings.hold_back(id));
    if (!added) return std::unexpected(record::to_string(added.error()));
  }
  return scheduler;
}

}  // namespace sluice::node

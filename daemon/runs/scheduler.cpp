#include "runs/scheduler.h"

#include <algorithm>
#include <memory>
#include <mutex>
#include <utility>

#include "record/try.h"
#include "runs/bureau_runner.h"

namespace sluice::runs {

Scheduler::Scheduler(Surroundings surroundings)
    : surroundings_(std::move(surroundings)), slots_(surroundings_.at_once) {}

Scheduler::~Scheduler() {
  end();
}

void Scheduler::ask_to_stop() {
  const std::lock_guard lock(runners_mutex_);
  for (const auto& [bureau, runner] : runners_)
    runner->ask_to_stop();
  for (const auto& runner : leaving_)
    runner->ask_to_stop();
}

void Scheduler::end() {
  // All of them first: each may take its grace to end.
  ask_to_stop();
  const std::lock_guard lock(runners_mutex_);
  for (const auto& [bureau, runner] : runners_)
    runner->end();
  for (const auto& runner : leaving_)
    runner->end();
}

std::expected<std::shared_ptr<BureauRunner>, HistoryFailure> Scheduler::make_runner(
    const record::BureauId& bureau, Work work) {
  auto history = SLUICE_TRY(RunHistory::open(surroundings_.history));
  {
    const std::lock_guard one_after_the_other(orders_mutex_);
    if (!orders_) orders_ = SLUICE_TRY(RunHistory::open(surroundings_.history));
  }
  auto runner =
      std::make_shared<BureauRunner>(bureau, std::move(work.jobs), std::move(work.hold_back),
                                     std::move(history), surroundings_, slots_);
  const auto old = there(bureau);
  SLUICE_TRY(runner->recall(!old || !old->keep()));
  return runner;
}

std::expected<void, HistoryFailure> Scheduler::add(const record::BureauId& bureau,
                                                   std::vector<Job> jobs, HoldBack hold_back) {
  std::shared_ptr<BureauRunner> runner =
      SLUICE_TRY(make_runner(bureau, {std::move(jobs), std::move(hold_back)}));
  runner->start();
  runner->begin();
  const std::lock_guard lock(runners_mutex_);
  runners_.emplace(bureau, std::move(runner));
  return {};
}

void Scheduler::keep_no_more() {
  const std::lock_guard lock(runners_mutex_);
  for (const auto& [bureau, runner] : runners_)
    runner->keep_no_more();
  for (const auto& runner : leaving_)
    runner->keep_no_more();
}

std::expected<void, HistoryFailure> Scheduler::change(Plan plan) {
  // Whom make_runner() keeps, and nobody wants in the end, goes on to its own.
  const auto let_go = [](Scheduler* scheduler) { scheduler->keep_no_more(); };
  const std::unique_ptr<Scheduler, decltype(let_go)> kept(this, let_go);
  Runners fresh;
  for (auto& [bureau, work] : plan) {
    auto runner = SLUICE_TRY(make_runner(bureau, std::move(work)));
    fresh.emplace(bureau, std::move(runner));
  }
  const std::lock_guard lock(runners_mutex_);
  // The last that can fail, before anybody is told anything.
  for (const auto& [bureau, runner] : fresh)
    if (!there_now(bureau)) runner->start();
  put_in_place(std::move(fresh));
  return {};
}

void Scheduler::put_in_place(Runners fresh) {
  for (auto& [bureau, runner] : runners_) {
    if (fresh.contains(bureau)) continue;
    runner->let_end();
    leaving_.push_back(std::move(runner));
  }
  std::erase_if(runners_, [](const auto& entry) { return entry.second == nullptr; });
  for (auto& [bureau, runner] : fresh) {
    // One that was leaving is not over yet, and no two run for one bureau.
    std::shared_ptr<BureauRunner> old = there_now(bureau);
    if (old) {
      old->take_over(*runner);
    } else {
      runner->begin();
      old = std::move(runner);
    }
    std::erase(leaving_, old);
    runners_.insert_or_assign(bureau, std::move(old));
  }
  std::erase_if(leaving_, [](const auto& runner) { return runner->has_ended(); });
}

std::shared_ptr<BureauRunner> Scheduler::find(const record::BureauId& bureau) const {
  const std::lock_guard lock(runners_mutex_);
  const auto found = runners_.find(bureau);
  return found == runners_.end() ? nullptr : found->second;
}

std::shared_ptr<BureauRunner> Scheduler::there(const record::BureauId& bureau) const {
  const std::lock_guard lock(runners_mutex_);
  return there_now(bureau);
}

std::shared_ptr<BureauRunner> Scheduler::there_now(const record::BureauId& bureau) const {
  if (const auto found = runners_.find(bureau); found != runners_.end()) return found->second;
  const auto leaving = std::ranges::find_if(leaving_, [&](const auto& runner) {
    return runner->bureau() == bureau && !runner->has_ended();
  });
  return leaving == leaving_.end() ? nullptr : *leaving;
}

std::vector<JobStatus> Scheduler::status() const {
  const std::lock_guard lock(runners_mutex_);
  std::vector<JobStatus> all;
  for (const auto& [bureau, runner] : runners_) {
    for (JobStatus& status : runner->status())
      all.push_back(std::move(status));
  }
  return all;
}

bool Scheduler::obey(const record::BureauId& bureau, Order order) {
  const auto runner = find(bureau);
  if (!runner) return false;
  if (order == Order::run_now) {
    runner->obey(order);
    return true;
  }
  const bool pauses = order == Order::pause;
  const std::lock_guard one_after_the_other(orders_mutex_);
  note_written(surroundings_.log, orders_->set_paused(bureau, pauses));
  runner->obey(order);
  if (pauses) {
    surroundings_.log.write<"jobs-paused">({{"bureau", bureau.str()}});
  } else {
    surroundings_.log.write<"jobs-resumed">({{"bureau", bureau.str()}});
  }
  return true;
}

}  // namespace sluice::runs

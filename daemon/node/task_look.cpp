#include "node/task_look.h"

#include <cstddef>
#include <exception>
#include <string>
#include <utility>
#include <vector>

#include "installation/system_clock.h"
#include "record/try.h"
#include "threads/sleep.h"

namespace sluice::node {
namespace {

constexpr std::chrono::seconds between_task_looks{15};
constexpr std::chrono::seconds old_task_figures{60};

}  // namespace

TaskLook::TaskLook(Surroundings surroundings)
    : surroundings_(std::move(surroundings)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

// Whoever looks after it knows nothing of what this one has told.
TaskLook::~TaskLook() {
  thread_ = {};
  for (const record::BureauId& bureau : surroundings_.bureaus) {
    surroundings_.metrics.tasks_waiting.hide(bureau.str());
    surroundings_.metrics.tasks_overdue.hide(bureau.str());
  }
}

void TaskLook::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    // Who works with the tasks is told why they can not be read; here there are no figures.
    try {
      if (!look()) tasks_.reset();
    } catch (const std::exception&) {
      tasks_.reset();
    }
    hide_old();
    threads::sleep_for(stop, between_task_looks);
  }
}

tasks::Result<void> TaskLook::look() {
  if (!tasks_) tasks_ = SLUICE_TRY(surroundings_.open());
  const record::Time now = installation::system_now();
  std::vector<tasks::Depth> depths;
  for (const record::BureauId& bureau : surroundings_.bureaus) {
    const tasks::Figures figures = SLUICE_TRY(tasks_->figures(bureau, now, now));
    tasks::Depth all;
    for (const auto& [state, depth] : figures.depth) {
      all.tasks += depth.tasks;
      all.overdue += depth.overdue;
    }
    depths.push_back(all);
  }
  // All or none: what was not read now is not told beside what was.
  const std::lock_guard lock(mutex_);
  for (std::size_t at = 0; at < depths.size(); ++at) {
    const std::string& bureau = surroundings_.bureaus[at].str();
    surroundings_.metrics.tasks_waiting(bureau).Set(static_cast<double>(depths[at].tasks));
    surroundings_.metrics.tasks_overdue(bureau).Set(static_cast<double>(depths[at].overdue));
  }
  looked_ = std::chrono::steady_clock::now();
  return {};
}

void TaskLook::hide_old() {
  const std::lock_guard lock(mutex_);
  if (!looked_ || std::chrono::steady_clock::now() - *looked_ < old_task_figures) return;
  looked_.reset();
  for (const record::BureauId& bureau : surroundings_.bureaus) {
    surroundings_.metrics.tasks_waiting.hide(bureau.str());
    surroundings_.metrics.tasks_overdue.hide(bureau.str());
  }
}

}  // namespace sluice::node

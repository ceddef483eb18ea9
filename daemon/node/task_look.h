// Counts the tasks of manual entry that wait, for the metrics: now and then and on a thread of its
// own, since their database may be a server that is slow or away.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "installation/installation.h"
#include "observe/metrics.h"
#include "tasks/tasks.h"

namespace sluice::node {

// Owns its thread.
class TaskLook {
 public:
  struct Surroundings {
    installation::TasksOpener open;
    std::vector<record::BureauId> bureaus;  // of which records are keyed here
    observe::Metrics& metrics;              // must outlive this
  };
  explicit TaskLook(Surroundings surroundings);
  ~TaskLook();
  TaskLook(const TaskLook&) = delete;
  TaskLook& operator=(const TaskLook&) = delete;

  // Asks for its end, and does not wait for it.
  void ask_to_stop() { thread_.request_stop(); }

  // Takes the figures away where those that came last are old. Any thread; does not block.
  void hide_old();

 private:
  void run(const std::stop_token& stop);
  [[nodiscard]] tasks::Result<void> look();

  Surroundings surroundings_;
  std::unique_ptr<tasks::Tasks> tasks_;  // the thread's
  std::mutex mutex_;
  std::optional<std::chrono::steady_clock::time_point> looked_;  // guarded by mutex_
  std::jthread thread_;  // last: joined before the rest goes
};

}  // namespace sluice::node

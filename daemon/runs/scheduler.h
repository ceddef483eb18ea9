// Runs the jobs of a node's bureaus when their schedules say: each run a child process of the
// operator's own command, so that what is scheduled is what one can do by hand.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "observe/log.h"
#include "observe/metrics.h"
#include "runs/hold_back.h"
#include "runs/run_history.h"
#include "schedule/schedule.h"
#include "threads/slots.h"

namespace sluice::runs {

// Something to be done for a bureau again and again.
struct Job {
  JobName name;
  schedule::Schedule schedule;
  std::vector<std::string> arguments;  // of the command, after --config DIRECTORY
};

// How a job stands.
struct JobStatus {
  JobName name;
  std::string schedule;
  bool is_paused = false;
  std::optional<schedule::Moment> running_since;
  std::string held_back;                 // why it must wait though it is due; empty: it need not
  std::optional<Run> last;               // that has ended
  std::optional<schedule::Moment> next;  // nothing while paused or running
};

class BureauRunner;

// Thread-safe. A bureau's own runs never overlap; of different bureaus,
// at most `at_once` do.
class Scheduler {
 public:
  // All must outlive the scheduler. `chance` gives numbers from 0 to 1; any thread.
  struct Surroundings {
    std::filesystem::path command;        // the sluice program
    std::filesystem::path configuration;  // the directory that it is given
    std::filesystem::path history;        // file
    observe::Log& log;
    observe::Metrics& metrics;
    std::function<schedule::Moment()> clock;
    std::function<double()> chance;
    std::size_t at_once = 4;
  };
  explicit Scheduler(Surroundings surroundings);
  // Ends what runs, and waits for it: it goes on where it was the next time.
  ~Scheduler();

  // Asks all that runs to end, and lets nothing more begin; does not wait.
  void ask_to_stop();
  // The same, and waits for it, as the destructor does.
  void end();

  // What runs for a bureau.
  struct Work {
    std::vector<Job> jobs;
    HoldBack hold_back;
  };
  using Plan = std::map<record::BureauId, Work>;
  // Starts a bureau's jobs.
  [[nodiscard]] std::expected<void, HistoryFailure> add(const record::BureauId& bureau,
                                                        std::vector<Job> jobs, HoldBack hold_back);
  // From now on these are all the jobs that there are; on a failure all stays as it is. What runs
  // goes on to its end by what was said when it began, and is accounted for, also where its job is
  // gone. Of a job that is as it was, nothing changes, nor when it is next due.
  [[nodiscard]] std::expected<void, HistoryFailure> change(Plan plan);

  [[nodiscard]] std::vector<JobStatus> status() const;
  // False: there are no jobs of this bureau. A run that is under way goes on. Pause and resume are
  // on the disk when this returns: it may block for a moment.
  enum class Order { pause, resume, run_now };
  [[nodiscard]] bool obey(const record::BureauId& bureau, Order order);

 private:
  Surroundings surroundings_;
  threads::Slots slots_;
  std::mutex orders_mutex_;           // one order after the other, on the disk before it holds
  std::optional<RunHistory> orders_;  // guarded by orders_mutex_
  using Runners = std::map<record::BureauId, std::shared_ptr<BureauRunner>>;
  // Not started yet. One that is there for the bureau is kept from ending until keep_no_more().
  [[nodiscard]] std::expected<std::shared_ptr<BureauRunner>, HistoryFailure> make_runner(
      const record::BureauId& bureau, Work work);
  void keep_no_more();
  // With runners_mutex_ held.
  void put_in_place(Runners fresh);
  // Null: there are no jobs of this bureau.
  [[nodiscard]] std::shared_ptr<BureauRunner> find(const record::BureauId& bureau) const;
  // The same, or one that is leaving; the second with runners_mutex_ held.
  [[nodiscard]] std::shared_ptr<BureauRunner> there(const record::BureauId& bureau) const;
  [[nodiscard]] std::shared_ptr<BureauRunner> there_now(const record::BureauId& bureau) const;

  mutable std::mutex runners_mutex_;
  Runners runners_;  // guarded by runners_mutex_
  // Of bureaus that have no jobs any more: those whose last run is not over yet. The same.
  std::vector<std::shared_ptr<BureauRunner>> leaving_;
};

}  // namespace sluice::runs

// One bureau's jobs, one after another, on a thread of their own (scheduler.h).
#pragma once

#include <condition_variable>
#include <expected>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "runs/child_process.h"
#include "runs/hold_back.h"
#include "runs/run_history.h"
#include "runs/scheduler.h"
#include "schedule/schedule.h"
#include "threads/slots.h"

namespace sluice::runs {

// The jobs go on: what they do is durable elsewhere.
void note_written(observe::Log& log, const std::expected<void, HistoryFailure>& written);

class BureauRunner {
 public:
  using Moment = schedule::Moment;
  // `surroundings` and `slots` must outlive it.
  BureauRunner(record::BureauId bureau, std::vector<Job> jobs, HoldBack hold_back,
               RunHistory history, const Scheduler::Surroundings& surroundings,
               threads::Slots& slots);

  // Before begin(): what the history says, which nobody is told yet. `is_first`: no run of the
  // bureau's can be under way.
  [[nodiscard]] std::expected<void, HistoryFailure> recall(bool is_first);
  // Its thread, which does nothing yet: all that may fail of a beginning.
  void start();
  void begin();

  // It does not end until keep_no_more(), since its jobs may come back. False: it has ended.
  [[nodiscard]] bool keep();
  void keep_no_more();
  // From now on the jobs of one that has recalled and does not begin. This one is kept.
  void take_over(BureauRunner& fresh);
  // Nothing more begins; what runs goes on to its end.
  void let_end();
  [[nodiscard]] bool has_ended() const;
  [[nodiscard]] const record::BureauId& bureau() const { return bureau_; }

  void ask_to_stop() { thread_.request_stop(); }
  void end() { thread_ = {}; }

  [[nodiscard]] std::vector<JobStatus> status() const;
  void obey(Scheduler::Order order);

 private:
  struct Entry {
    Job job;
    Moment since{};  // when its schedule began to count
    schedule::Past past;
    std::optional<Run> last;
    schedule::NextRun next;
    std::optional<Moment> running_since;
    // What is measured of it.
    std::optional<Moment> succeeded;  // when the last one began that has
    std::optional<Run> told;          // the last one that did what it may
  };
  // A run that may begin.
  struct Start {
    std::shared_ptr<Entry> entry;
    Job job;  // as it is when it begins
    std::string reason;
    Moment at;
    threads::Slots::Slot slot;
  };
  void run(const std::stop_token& stop);
  // The next run, once it is due and has a slot; nothing when asked to stop.
  std::optional<Start> await_start(const std::stop_token& stop);
  // The same, as things are now.
  std::optional<Start> try_start(const std::stop_token& stop);
  // With mutex_ held, as the next ten.
  std::shared_ptr<Entry> due();
  // The one that is there, or of which a run is under way; null: neither.
  [[nodiscard]] std::shared_ptr<Entry> entry_of(const std::string& task) const;
  // Not where its job is gone.
  [[nodiscard]] bool has(const Entry& entry) const;
  [[nodiscard]] bool is_to_end() const { return is_leaving_ && !is_kept_; }
  void measure_pause();
  void measure(const Entry& entry);
  void plan(Entry& entry);
  void plan_at(Entry& entry, schedule::NextRun next);
  void forget(const Entry& entry);
  void heed_clock();
  // False: it must wait.
  bool may_run();
  void run_entry(Start start, const std::stop_token& stop);
  ChildEnd run_command(const Job& job, const std::stop_token& stop) const;
  void finish(Entry& entry, const Job& job, Run run, const ChildEnd& end);
  void note(const std::expected<void, HistoryFailure>& written) {
    note_written(around_.log, written);
  }

  record::BureauId bureau_;
  HoldBack hold_back_;
  RunHistory history_;
  const Scheduler::Surroundings& around_;
  threads::Slots& slots_;

  mutable std::mutex mutex_;
  std::condition_variable_any woken_;
  // Guarded by mutex_, as the next nine. A run keeps its own, also when the job is gone.
  std::vector<std::shared_ptr<Entry>> entries_;
  std::shared_ptr<Entry> running_;  // null: nothing is under way, or ended while this is kept
  Moment looked_{};                 // at the clock, last
  bool is_paused_ = false;
  bool is_asked_ = false;  // to run at once
  std::string held_back_;
  bool has_begun_ = false;
  bool is_leaving_ = false;  // its bureau has no jobs any more
  bool is_kept_ = false;
  bool has_ended_ = false;

  std::jthread thread_;  // last: joined before the rest goes
};

}  // namespace sluice::runs

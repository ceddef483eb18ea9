#include "jobs/scheduler.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "jobs/child_process.h"
#include "jobs/exit_status.h"
#include "jobs/run_report.h"

namespace sluice::jobs {
namespace {

using schedule::Moment;

// The system's clock may be set while we wait: never longer than this without a look at it.
constexpr std::chrono::milliseconds longest_wait{1000};

std::uint32_t failures_in_a_row(const std::vector<Run>& newest_first) {
  std::uint32_t failures = 0;
  for (const Run& run : newest_first) {
    if (!is_failure(run.outcome)) break;
    ++failures;
  }
  return failures;
}

}  // namespace

// One bureau's jobs, one after another, on a thread of their own.
class BureauRunner {
 public:
  BureauRunner(record::BureauId bureau, std::vector<Job> jobs, HoldBack hold_back,
               RunHistory history, const Scheduler::Surroundings& surroundings,
               std::counting_semaphore<>& slots)
      : bureau_(std::move(bureau)),
        hold_back_(std::move(hold_back)),
        history_(std::move(history)),
        around_(surroundings),
        slots_(slots) {
    for (Job& job : jobs)
      entries_.push_back({.job = std::move(job)});
  }

  // Before start(): what the history says.
  std::expected<void, HistoryFailure> recall();
  void start() {
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
  }

  std::vector<JobStatus> status() const;
  void obey(Scheduler::Order order);

 private:
  struct Entry {
    Job job;
    schedule::Past past;
    std::optional<Run> last;
    schedule::NextRun next;
    std::optional<Moment> running_since;
    bool is_by_hand = false;  // the run that begins was asked for
  };
  void run(const std::stop_token& stop);
  // The next entry to run, once it is due; nothing when asked to stop.
  Entry* await_due(const std::stop_token& stop);
  Entry* due();
  void plan(Entry& entry);
  // False: it must wait.
  bool may_run();
  void run_entry(Entry& entry, const std::stop_token& stop);
  void finish(Entry& entry, Run run, const ChildEnd& end);
  void note(const std::expected<void, HistoryFailure>& written);

  record::BureauId bureau_;
  HoldBack hold_back_;
  RunHistory history_;
  const Scheduler::Surroundings& around_;
  std::counting_semaphore<>& slots_;
  Moment since_{};  // when the schedule began to count

  mutable std::mutex mutex_;
  std::condition_variable_any woken_;
  std::vector<Entry> entries_;  // guarded by mutex_, as the next four
  bool is_paused_ = false;
  bool is_asked_ = false;         // to run at once
  std::optional<bool> to_pause_;  // ordered, and not yet written down
  std::string held_back_;

  std::jthread thread_;  // last: joined before the rest goes
};

std::expected<void, HistoryFailure> BureauRunner::recall() {
  constexpr std::size_t enough = 32;
  since_ = around_.clock();
  const auto paused = history_.is_paused(bureau_);
  if (!paused) return std::unexpected(paused.error());
  is_paused_ = *paused;
  for (Entry& entry : entries_) {
    if (auto lost = history_.lose_unfinished(entry.job.name, since_); !lost) return lost;
    const auto runs = history_.last(entry.job.name, enough);
    if (!runs) return std::unexpected(runs.error());
    entry.past.failures = failures_in_a_row(*runs);
    if (!runs->empty()) {
      entry.last = runs->front();
      entry.past.started = entry.last->started;
    }
    plan(entry);
  }
  return {};
}

void BureauRunner::plan(Entry& entry) {
  entry.next = schedule::next_run(entry.job.schedule, entry.past, since_, around_.chance());
  around_.metrics.next_run(bureau_.str(), entry.job.name.task)
      .Set(static_cast<double>(entry.next.at.time_since_epoch().count()));
}

std::vector<JobStatus> BureauRunner::status() const {
  const std::lock_guard lock(mutex_);
  std::vector<JobStatus> all;
  for (const Entry& entry : entries_) {
    JobStatus status{.name = entry.job.name,
                     .schedule = entry.job.schedule.written,
                     .is_paused = is_paused_,
                     .running_since = entry.running_since,
                     .held_back = held_back_,
                     .last = entry.last};
    if (!is_paused_ && !entry.running_since) status.next = entry.next.at;
    all.push_back(std::move(status));
  }
  return all;
}

void BureauRunner::obey(Scheduler::Order order) {
  const std::lock_guard lock(mutex_);
  if (order == Scheduler::Order::run_now) {
    is_asked_ = true;
  } else {
    is_paused_ = order == Scheduler::Order::pause;
    to_pause_ = is_paused_;
    if (!is_paused_) {
      since_ = around_.clock();
      for (Entry& entry : entries_)
        plan(entry);
    }
  }
  woken_.notify_all();
}

void BureauRunner::run(const std::stop_token& stop) {
  while (Entry* entry = await_due(stop)) {
    run_entry(*entry, stop);
  }
}

BureauRunner::Entry* BureauRunner::await_due(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    if (to_pause_) {
      const bool paused = *std::exchange(to_pause_, std::nullopt);
      lock.unlock();
      note(history_.set_paused(bureau_, paused));
      around_.log.info(paused ? "jobs-paused" : "jobs-resumed", {{"bureau", bureau_.str()}});
      lock.lock();
      continue;
    }
    if (Entry* entry = due()) {
      lock.unlock();
      const bool may = may_run();
      lock.lock();
      if (may) {
        entry->is_by_hand = std::exchange(is_asked_, false);
        return entry;
      }
    }
    woken_.wait_for(lock, stop, longest_wait, [&] { return is_asked_ || to_pause_.has_value(); });
  }
  return nullptr;
}

BureauRunner::Entry* BureauRunner::due() {
  const auto first =
      std::ranges::min_element(entries_, {}, [](const Entry& entry) { return entry.next.at; });
  if (first == entries_.end()) return nullptr;
  if (is_asked_) return &*first;
  return !is_paused_ && first->next.at <= around_.clock() ? &*first : nullptr;
}

bool BureauRunner::may_run() {
  const std::string why = hold_back_ ? hold_back_().value_or("") : "";
  bool was_held_back = false;
  {
    const std::lock_guard lock(mutex_);
    was_held_back = !held_back_.empty();
    held_back_ = why;
    if (!why.empty()) is_asked_ = false;
  }
  if (!why.empty() && !was_held_back) {
    around_.log.warning("jobs-held-back", {{"bureau", bureau_.str()}, {"reason", why}});
  } else if (why.empty() && was_held_back) {
    around_.log.info("jobs-go-on", {{"bureau", bureau_.str()}});
  }
  return why.empty();
}

void BureauRunner::run_entry(Entry& entry, const std::stop_token& stop) {
  const Job& job = entry.job;
  slots_.acquire();
  Run run{.job = job.name,
          .reason = entry.is_by_hand ? "by-hand" : std::string(to_string(entry.next.reason)),
          .started = around_.clock()};
  if (const auto id = history_.begin(job.name, run.reason, run.started)) {
    run.id = *id;
  } else {
    note(std::unexpected(id.error()));
  }
  {
    const std::lock_guard lock(mutex_);
    entry.running_since = run.started;
  }
  around_.log.debug("run-started",
                    {{"bureau", bureau_.str()}, {"task", job.name.task}, {"reason", run.reason}});
  std::vector<std::string> arguments{"--config", around_.configuration.string()};
  arguments.insert(arguments.end(), job.arguments.begin(), job.arguments.end());
  const schedule::Schedule& limits = job.schedule;
  auto child = ChildProcess::start(around_.command, arguments,
                                   {limits.time_limit, limits.cpu_limit, limits.memory_limit});
  ChildEnd end{.status = static_cast<int>(ExitStatus::failure)};
  if (child) {
    end = child->wait(stop);
  } else {
    end.errors = child.error();
  }
  slots_.release();
  finish(entry, std::move(run), end);
}

void BureauRunner::finish(Entry& entry, Run run, const ChildEnd& end) {
  run.ended = around_.clock();
  note_end(run, end, entry.job.schedule.time_limit);
  note(history_.end(run));
  {
    const std::lock_guard lock(mutex_);
    entry.running_since.reset();
    entry.past.started = run.started;
    entry.past.failures = is_failure(run.outcome) ? entry.past.failures + 1 : 0;
    entry.last = run;
    plan(entry);
  }
  // Last: whoever is alarmed and asks is told the same.
  tell_of(run, around_.log, around_.metrics);
}

void BureauRunner::note(const std::expected<void, HistoryFailure>& written) {
  // The jobs go on: what they do is durable elsewhere.
  if (written) return;
  around_.log.error("run-history-not-written", {{"reason", record::to_string(written.error())}});
}

Scheduler::Scheduler(Surroundings surroundings)
    : surroundings_(std::move(surroundings)), slots_(surroundings_.at_once) {}

Scheduler::~Scheduler() = default;

std::expected<void, std::string> Scheduler::add(const record::BureauId& bureau,
                                                std::vector<Job> jobs, HoldBack hold_back) {
  auto history = RunHistory::open(surroundings_.history);
  if (!history) return std::unexpected(record::to_string(history.error()));
  auto runner = std::make_unique<BureauRunner>(bureau, std::move(jobs), std::move(hold_back),
                                               std::move(*history), surroundings_, slots_);
  if (auto recalled = runner->recall(); !recalled) {
    return std::unexpected(record::to_string(recalled.error()));
  }
  runner->start();
  runners_.emplace(bureau, std::move(runner));
  return {};
}

std::vector<JobStatus> Scheduler::status() const {
  std::vector<JobStatus> all;
  for (const auto& [bureau, runner] : runners_) {
    for (JobStatus& status : runner->status())
      all.push_back(std::move(status));
  }
  return all;
}

bool Scheduler::obey(const record::BureauId& bureau, Order order) {
  const auto found = runners_.find(bureau);
  if (found == runners_.end()) return false;
  found->second->obey(order);
  return true;
}

}  // namespace sluice::jobs

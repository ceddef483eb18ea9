#include "runs/scheduler.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "record/try.h"
#include "runs/child_process.h"
#include "runs/exit_status.h"
#include "runs/run_report.h"

namespace sluice::runs {
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

void note_written(observe::Log& log, const std::expected<void, HistoryFailure>& written) {
  // The jobs go on: what they do is durable elsewhere.
  if (written) return;
  log.write<"run-history-not-written">({{"reason", record::to_string(written.error())}});
}

}  // namespace

// One bureau's jobs, one after another, on a thread of their own.
class BureauRunner {
 public:
  BureauRunner(record::BureauId bureau, std::vector<Job> jobs, HoldBack hold_back,
               RunHistory history, const Scheduler::Surroundings& surroundings,
               threads::Slots& slots)
      : bureau_(std::move(bureau)),
        hold_back_(std::move(hold_back)),
        history_(std::move(history)),
        around_(surroundings),
        slots_(slots) {
    for (Job& job : jobs)
      entries_.push_back(std::make_shared<Entry>(Entry{.job = std::move(job)}));
  }

  // Before start(): what the history says. `is_first`: no run of the bureau's can be under way.
  std::expected<void, HistoryFailure> recall(bool is_first);
  // From now on the jobs of one that has recalled and is not started. False: this one has ended.
  bool take_over(BureauRunner& fresh);
  // Nothing more begins; what runs goes on to its end.
  void let_end();
  bool has_ended() const {
    const std::lock_guard lock(mutex_);
    return has_ended_;
  }
  const record::BureauId& bureau() const { return bureau_; }
  void start() {
    {
      const std::lock_guard lock(mutex_);
      for (const auto& entry : entries_)
        plan(*entry);
    }
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
  }
  void ask_to_stop() { thread_.request_stop(); }
  void end() { thread_ = {}; }

  std::vector<JobStatus> status() const;
  void obey(Scheduler::Order order);

 private:
  struct Entry {
    Job job;
    schedule::Past past;
    std::optional<Run> last;
    schedule::NextRun next;
    std::optional<Moment> running_since;
  };
  // A run that may begin.
  struct Start {
    std::shared_ptr<Entry> entry;
    Job job;  // as it is when it begins
    std::string reason;
    threads::Slots::Slot slot;
  };
  void run(const std::stop_token& stop);
  // The next run, once it is due and has a slot; nothing when asked to stop.
  std::optional<Start> await_start(const std::stop_token& stop);
  // The same, as things are now.
  std::optional<Start> try_start(const std::stop_token& stop);
  // With mutex_ held.
  std::shared_ptr<Entry> due();
  // The one that is there, or of which a run is under way; null: neither.
  std::shared_ptr<Entry> entry_of(const std::string& task) const;
  [[nodiscard]] std::expected<void, HistoryFailure> recall_figures(
      const Entry& entry, const std::vector<Run>& newest_first);
  void pause(bool paused);
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
  // Guarded by mutex_, as the next eight. A run keeps its own, also when the job is gone.
  std::vector<std::shared_ptr<Entry>> entries_;
  std::shared_ptr<Entry> running_;  // null: nothing is under way
  Moment since_{};                  // when the schedule began to count
  Moment looked_{};                 // at the clock, last
  bool is_paused_ = false;
  bool is_asked_ = false;  // to run at once
  std::string held_back_;
  bool is_leaving_ = false;  // its bureau has no jobs any more
  bool has_ended_ = false;

  std::jthread thread_;  // last: joined before the rest goes
};

std::expected<void, HistoryFailure> BureauRunner::recall(bool is_first) {
  constexpr std::size_t enough = 32;
  since_ = looked_ = around_.clock();
  pause(SLUICE_TRY(history_.is_paused(bureau_)));
  for (const auto& each : entries_) {
    Entry& entry = *each;
    if (is_first) SLUICE_TRY(history_.lose_unfinished(entry.job.name, since_));
    const auto runs = SLUICE_TRY(history_.last(entry.job.name, enough));
    entry.past.failures = failures_in_a_row(runs);
    SLUICE_TRY(recall_figures(entry, runs));
    if (!runs.empty()) {
      entry.last = runs.front();
      // One that lies in the future is of a clock that was set back since: nobody knows how long
      // ago it was.
      if (entry.last->started <= since_) entry.past.started = entry.last->started;
    }
  }
  return {};
}

// Alarms do not end because the daemon began anew.
std::expected<void, HistoryFailure> BureauRunner::recall_figures(
    const Entry& entry, const std::vector<Run>& newest_first) {
  const auto success = SLUICE_TRY(history_.last_success(entry.job.name));
  if (success) {
    around_.metrics.last_success(bureau_.str(), entry.job.name.task)
        .Set(static_cast<double>(success->time_since_epoch().count()));
  }
  const auto told = std::ranges::find_if(newest_first, [](const Run& run) {
    return has_succeeded(run.outcome) || run.outcome == "refused";
  });
  if (told != newest_first.end()) measure_last(*told, around_.metrics);
  return {};
}

void BureauRunner::plan(Entry& entry) {
  plan_at(entry, schedule::next_run(entry.job.schedule, entry.past, since_, around_.chance()));
}

void BureauRunner::pause(bool paused) {
  is_paused_ = paused;
  around_.metrics.jobs_paused(bureau_.str()).Set(paused ? 1 : 0);
  if (!paused) return;
  for (const auto& entry : entries_)
    around_.metrics.next_run.hide(bureau_.str(), entry->job.name.task);
}

void BureauRunner::plan_at(Entry& entry, schedule::NextRun next) {
  entry.next = next;
  if (is_paused_) return;
  around_.metrics.next_run(bureau_.str(), entry.job.name.task)
      .Set(static_cast<double>(entry.next.at.time_since_epoch().count()));
}

std::vector<JobStatus> BureauRunner::status() const {
  const std::lock_guard lock(mutex_);
  std::vector<JobStatus> all;
  for (const auto& entry : entries_) {
    JobStatus status{.name = entry->job.name,
                     .schedule = entry->job.schedule.written,
                     .is_paused = is_paused_,
                     .running_since = entry->running_since,
                     .held_back = held_back_,
                     .last = entry->last};
    if (!is_paused_ && !entry->running_since) status.next = entry->next.at;
    all.push_back(std::move(status));
  }
  return all;
}

void BureauRunner::obey(Scheduler::Order order) {
  const std::lock_guard lock(mutex_);
  if (order == Scheduler::Order::run_now) {
    is_asked_ = true;
  } else {
    pause(order == Scheduler::Order::pause);
  }
  if (order == Scheduler::Order::resume) {
    since_ = around_.clock();
    for (const auto& entry : entries_)
      plan(*entry);
  }
  woken_.notify_all();
}

std::shared_ptr<BureauRunner::Entry> BureauRunner::entry_of(const std::string& task) const {
  const auto is_of_it = [&](const auto& entry) { return entry->job.name.task == task; };
  if (running_ && is_of_it(running_)) return running_;
  const auto found = std::ranges::find_if(entries_, is_of_it);
  return found == entries_.end() ? nullptr : *found;
}

bool BureauRunner::take_over(BureauRunner& fresh) {
  const std::lock_guard lock(mutex_);
  if (has_ended_) return false;
  is_leaving_ = false;
  hold_back_ = std::move(fresh.hold_back_);
  std::vector<std::shared_ptr<Entry>> entries;
  for (const auto& next : fresh.entries_) {
    const auto there = entry_of(next->job.name.task);
    entries.push_back(there ? there : next);
    if (!there) {
      plan(*next);
      continue;
    }
    const bool is_changed = there->job.schedule != next->job.schedule;
    there->job = std::move(next->job);
    // One that runs is planned when it ends.
    if (is_changed && !there->running_since) plan(*there);
    std::erase(entries_, there);
  }
  for (const auto& gone : entries_)
    forget(*gone);
  entries_ = std::move(entries);
  woken_.notify_all();
  return true;
}

void BureauRunner::let_end() {
  const std::lock_guard lock(mutex_);
  is_leaving_ = true;
  for (const auto& gone : entries_)
    forget(*gone);
  entries_.clear();
  around_.metrics.jobs_paused.hide(bureau_.str());
  woken_.notify_all();
}

void BureauRunner::forget(const Entry& entry) {
  around_.metrics.next_run.hide(bureau_.str(), entry.job.name.task);
  around_.metrics.last_success.hide(bureau_.str(), entry.job.name.task);
}

void BureauRunner::run(const std::stop_token& stop) {
  while (auto start = await_start(stop)) {
    run_entry(std::move(*start), stop);
  }
}

std::optional<BureauRunner::Start> BureauRunner::await_start(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    if (auto start = try_start(stop)) return start;
    std::unique_lock lock(mutex_);
    woken_.wait_for(lock, stop, longest_wait, [&] { return is_asked_ || is_leaving_; });
    has_ended_ = is_leaving_;
    if (has_ended_) return std::nullopt;
  }
  return std::nullopt;
}

std::optional<BureauRunner::Start> BureauRunner::try_start(const std::stop_token& stop) {
  {
    const std::lock_guard lock(mutex_);
    heed_clock();
    if (due() == nullptr) return std::nullopt;
  }
  // Not with a slot in hand: who must wait keeps no other from running.
  if (!may_run()) return std::nullopt;
  auto slot = slots_.take(stop);
  if (!slot || stop.stop_requested() || !may_run()) return std::nullopt;
  // Much may have come since it was due: a pause, a blackout, another order.
  const std::lock_guard lock(mutex_);
  heed_clock();
  const auto entry = due();
  if (entry == nullptr) return std::nullopt;
  const bool is_by_hand = std::exchange(is_asked_, false);
  return Start{entry, entry->job,
               is_by_hand ? "by-hand" : std::string(to_string(entry->next.reason)),
               std::move(*slot)};
}

std::shared_ptr<BureauRunner::Entry> BureauRunner::due() {
  const auto first = [&] {
    return *std::ranges::min_element(entries_, {},
                                     [](const auto& entry) { return entry->next.at; });
  };
  if (entries_.empty()) return nullptr;
  if (is_asked_) return first();
  if (is_paused_) return nullptr;
  const Moment now = around_.clock();
  while (first()->next.at <= now) {
    const auto entry = first();
    const Moment allowed = schedule::first_allowed(entry->job.schedule, now);
    if (allowed == now) return entry;
    // Its time came, but until it could run a blackout had begun.
    plan_at(*entry, {allowed, entry->next.reason});
  }
  return nullptr;
}

// What was planned by a clock that has been set back since would come that much too late.
void BureauRunner::heed_clock() {
  const Moment now = around_.clock();
  const Moment before = std::exchange(looked_, now);
  if (now >= before) return;
  since_ -= before - now;
  for (const auto& entry : entries_) {
    if (entry->past.started) *entry->past.started -= before - now;
    plan(*entry);
  }
}

bool BureauRunner::may_run() {
  HoldBack hold_back;
  {
    const std::lock_guard lock(mutex_);
    hold_back = hold_back_;
  }
  const std::string why = hold_back ? hold_back().value_or("") : "";
  bool was_held_back = false;
  {
    const std::lock_guard lock(mutex_);
    was_held_back = !held_back_.empty();
    held_back_ = why;
    if (!why.empty()) is_asked_ = false;
  }
  if (!why.empty() && !was_held_back) {
    around_.log.write<"jobs-held-back">({{"bureau", bureau_.str()}, {"reason", why}});
  } else if (why.empty() && was_held_back) {
    around_.log.write<"jobs-go-on">({{"bureau", bureau_.str()}});
  }
  return why.empty();
}

void BureauRunner::run_entry(Start start, const std::stop_token& stop) {
  Entry& entry = *start.entry;
  const Job& job = start.job;
  Run run{.job = job.name, .reason = std::move(start.reason), .started = around_.clock()};
  if (const auto id = history_.begin(job.name, run.reason, run.started)) {
    run.id = *id;
  } else {
    note(std::unexpected(id.error()));
  }
  {
    const std::lock_guard lock(mutex_);
    entry.running_since = run.started;
    running_ = start.entry;
  }
  around_.log.write<"run-started">(
      {{"bureau", bureau_.str()}, {"task", job.name.task}, {"reason", run.reason}});
  const ChildEnd end = run_command(job, stop);
  { const threads::Slots::Slot given_back = std::move(start.slot); }
  finish(entry, job, std::move(run), end);
}

ChildEnd BureauRunner::run_command(const Job& job, const std::stop_token& stop) const {
  std::vector<std::string> arguments{"--config", around_.configuration.string()};
  arguments.insert(arguments.end(), job.arguments.begin(), job.arguments.end());
  const schedule::Schedule& limits = job.schedule;
  auto child = ChildProcess::start(around_.command, arguments,
                                   {limits.time_limit, limits.cpu_limit, limits.memory_limit});
  if (child) return child->wait(stop);
  return {.status = static_cast<int>(ExitStatus::failure), .errors = child.error().sentence};
}

void BureauRunner::finish(Entry& entry, const Job& job, Run run, const ChildEnd& end) {
  run.ended = std::max(around_.clock(), run.started);  // the clock may have been set back
  note_end(run, end, job.schedule.time_limit);
  note(history_.end(run));
  {
    const std::lock_guard lock(mutex_);
    entry.running_since.reset();
    running_.reset();
    entry.past.started = run.started;
    entry.past.failures = is_failure(run.outcome) ? entry.past.failures + 1 : 0;
    entry.last = run;
    if (entry_of(job.name.task).get() == &entry) plan(entry);
  }
  // Who reads of it in the log finds it in the status too.
  tell_of(run, around_.log, around_.metrics);
  const std::lock_guard lock(mutex_);
  if (!entry_of(job.name.task)) forget(entry);
}

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
  SLUICE_TRY(runner->recall(there(bureau) == nullptr));
  return runner;
}

std::expected<void, HistoryFailure> Scheduler::add(const record::BureauId& bureau,
                                                   std::vector<Job> jobs, HoldBack hold_back) {
  std::shared_ptr<BureauRunner> runner =
      SLUICE_TRY(make_runner(bureau, {std::move(jobs), std::move(hold_back)}));
  runner->start();
  const std::lock_guard lock(runners_mutex_);
  runners_.emplace(bureau, std::move(runner));
  return {};
}

std::expected<void, HistoryFailure> Scheduler::change(Plan plan) {
  std::map<record::BureauId, std::shared_ptr<BureauRunner>> fresh;
  for (auto& [bureau, work] : plan) {
    auto runner = SLUICE_TRY(make_runner(bureau, std::move(work)));
    fresh.emplace(bureau, std::move(runner));
  }
  const std::lock_guard lock(runners_mutex_);
  for (auto& [bureau, runner] : runners_) {
    if (fresh.contains(bureau)) continue;
    runner->let_end();
    leaving_.push_back(std::move(runner));
  }
  std::erase_if(runners_, [](const auto& entry) { return entry.second == nullptr; });
  for (auto& [bureau, runner] : fresh) {
    // One that was leaving is not over yet, and no two run for one bureau.
    std::shared_ptr<BureauRunner> old = there_now(bureau);
    if (!old || !old->take_over(*runner)) {
      runner->start();
      old = std::move(runner);
    }
    std::erase(leaving_, old);
    runners_.insert_or_assign(bureau, std::move(old));
  }
  std::erase_if(leaving_, [](const auto& runner) { return runner->has_ended(); });
  return {};
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

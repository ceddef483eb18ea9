#include "runs/bureau_runner.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <utility>

#include "record/try.h"
#include "runs/exit_status.h"
#include "runs/run_report.h"

namespace sluice::runs {
namespace {

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

// Whether the metrics say after a restart what came of it.
bool is_worth_telling(const Run& run) {
  return has_succeeded(run.outcome) || run.outcome == "refused";
}

}  // namespace

void note_written(observe::Log& log, const std::expected<void, HistoryFailure>& written) {
  if (written) return;
  log.write<"run-history-not-written">({{"reason", record::to_string(written.error())}});
}

BureauRunner::BureauRunner(record::BureauId bureau, std::vector<Job> jobs, HoldBack hold_back,
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

std::expected<void, HistoryFailure> BureauRunner::recall(bool is_first) {
  constexpr std::size_t enough = 32;
  const Moment now = around_.clock();
  looked_ = now;
  is_paused_ = SLUICE_TRY(history_.is_paused(bureau_));
  for (const auto& each : entries_) {
    Entry& entry = *each;
    entry.since = now;
    if (is_first) SLUICE_TRY(history_.lose_unfinished(entry.job.name, now));
    const auto runs = SLUICE_TRY(history_.last(entry.job.name, enough));
    entry.past.failures = failures_in_a_row(runs);
    entry.succeeded = SLUICE_TRY(history_.last_success(entry.job.name));
    const auto told = std::ranges::find_if(runs, is_worth_telling);
    if (told != runs.end()) entry.told = *told;
    if (!runs.empty()) {
      entry.last = runs.front();
      // One that lies in the future is of a clock that was set back since: nobody knows how long
      // ago it was.
      if (entry.last->started <= now) entry.past.started = entry.last->started;
    }
  }
  return {};
}

void BureauRunner::start() {
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

void BureauRunner::begin() {
  const std::lock_guard lock(mutex_);
  measure_pause();
  for (const auto& entry : entries_) {
    measure(*entry);
    plan(*entry);
  }
  has_begun_ = true;
  woken_.notify_all();
}

void BureauRunner::measure_pause() {
  around_.metrics.jobs_paused(bureau_.str()).Set(is_paused_ ? 1 : 0);
  if (!is_paused_) return;
  for (const auto& entry : entries_)
    around_.metrics.next_run.hide(bureau_.str(), entry->job.name.task);
}

// Alarms do not end because the daemon began anew, or a job was gone for a while.
void BureauRunner::measure(const Entry& entry) {
  if (entry.succeeded) {
    around_.metrics.last_success(bureau_.str(), entry.job.name.task)
        .Set(static_cast<double>(entry.succeeded->time_since_epoch().count()));
  }
  if (entry.told) measure_last(*entry.told, around_.metrics);
}

void BureauRunner::plan(Entry& entry) {
  plan_at(entry, schedule::next_run(entry.job.schedule, entry.past, entry.since, around_.chance()));
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
    is_paused_ = order == Scheduler::Order::pause;
    measure_pause();
  }
  if (order == Scheduler::Order::resume) {
    for (const auto& entry : entries_) {
      entry->since = around_.clock();
      plan(*entry);
    }
  }
  woken_.notify_all();
}

std::shared_ptr<BureauRunner::Entry> BureauRunner::entry_of(const std::string& task) const {
  const auto is_of_it = [&](const auto& entry) { return entry->job.name.task == task; };
  if (running_ && is_of_it(running_)) return running_;
  const auto found = std::ranges::find_if(entries_, is_of_it);
  return found == entries_.end() ? nullptr : *found;
}

bool BureauRunner::has(const Entry& entry) const {
  return std::ranges::any_of(entries_, [&](const auto& each) { return each.get() == &entry; });
}

bool BureauRunner::keep() {
  const std::lock_guard lock(mutex_);
  is_kept_ = !has_ended_;
  return is_kept_;
}

void BureauRunner::keep_no_more() {
  const std::lock_guard lock(mutex_);
  is_kept_ = false;
  if (running_ && !running_->running_since) running_.reset();
  woken_.notify_all();
}

bool BureauRunner::has_ended() const {
  const std::lock_guard lock(mutex_);
  return has_ended_;
}

void BureauRunner::take_over(BureauRunner& fresh) {
  const std::lock_guard lock(mutex_);
  is_leaving_ = false;
  hold_back_ = std::move(fresh.hold_back_);
  std::vector<std::shared_ptr<Entry>> entries;
  for (const auto& next : fresh.entries_) {
    const auto there = entry_of(next->job.name.task);
    entries.push_back(there ? there : next);
    if (!there) {
      measure(*next);
      plan(*next);
      continue;
    }
    const bool was_gone = std::erase(entries_, there) == 0;
    const bool is_changed = there->job.schedule != next->job.schedule;
    there->job = std::move(next->job);
    if (is_changed) there->since = next->since;
    if (was_gone) measure(*there);
    // One that runs is planned when it ends.
    if ((is_changed || was_gone) && !there->running_since) plan(*there);
  }
  for (const auto& gone : entries_)
    forget(*gone);
  entries_ = std::move(entries);
  measure_pause();
  woken_.notify_all();
}

void BureauRunner::let_end() {
  const std::lock_guard lock(mutex_);
  is_leaving_ = true;
  is_asked_ = false;
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
  {
    std::unique_lock lock(mutex_);
    woken_.wait(lock, stop, [this] { return has_begun_; });
  }
  while (auto start = await_start(stop)) {
    run_entry(std::move(*start), stop);
  }
}

std::optional<BureauRunner::Start> BureauRunner::await_start(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    if (auto start = try_start(stop)) return start;
    std::unique_lock lock(mutex_);
    woken_.wait_for(lock, stop, longest_wait, [this] { return is_asked_ || is_to_end(); });
    has_ended_ = is_to_end();
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
  // From here on it is under way, whatever becomes of its job before the history has it.
  const Moment now = around_.clock();
  entry->running_since = now;
  running_ = entry;
  return Start{entry, entry->job,
               is_by_hand ? "by-hand" : std::string(to_string(entry->next.reason)), now,
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
  for (const auto& entry : entries_) {
    entry->since -= before - now;
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
  const Job& job = start.job;
  Run run{.job = job.name, .reason = std::move(start.reason), .started = start.at};
  if (const auto id = history_.begin(job.name, run.reason, run.started)) {
    run.id = *id;
  } else {
    note(std::unexpected(id.error()));
  }
  around_.log.write<"run-started">(
      {{"bureau", bureau_.str()}, {"task", job.name.task}, {"reason", run.reason}});
  const ChildEnd end = run_command(job, stop);
  { const threads::Slots::Slot given_back = std::move(start.slot); }
  finish(*start.entry, job, std::move(run), end);
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
    // Whose job comes back right now was recalled before this.
    if (!is_kept_) running_.reset();
    entry.past.started = run.started;
    entry.past.failures = is_failure(run.outcome) ? entry.past.failures + 1 : 0;
    entry.last = run;
    if (has_succeeded(run.outcome)) entry.succeeded = run.started;
    if (is_worth_telling(run)) entry.told = run;
    if (has(entry)) plan(entry);
  }
  // Who reads of it in the log finds it in the status too.
  tell_of(run, around_.log, around_.metrics);
  const std::lock_guard lock(mutex_);
  // One of its name may be there again.
  const bool is_there = std::ranges::any_of(
      entries_, [&](const auto& each) { return each->job.name.task == job.name.task; });
  if (!is_there) forget(entry);
}

}  // namespace sluice::runs

#include "runs/drop_folder_watch.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <utility>

#include <fmt/format.h>

#include "runs/child_process.h"
#include "runs/exit_status.h"
#include "threads/sleep.h"

namespace sluice::runs {
namespace {

constexpr std::chrono::milliseconds look_into_folder_again{500};
// After what will fail once more if nobody does anything: an import may read a large file for it.
constexpr std::chrono::milliseconds longest_pause{15'000};

}  // namespace

DropFolderWatch::DropFolderWatch(Watched watched, HoldBack hold_back, Surroundings surroundings)
    : planned_(watched),
      watched_(std::move(watched)),
      hold_back_(std::move(hold_back)),
      surroundings_(std::move(surroundings)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

DropFolderWatch::~DropFolderWatch() = default;

bool DropFolderWatch::change(Watched watched) {
  const std::lock_guard lock(mutex_);
  if (has_ended_) return false;
  if (planned_ == watched) return true;
  planned_ = std::move(watched);
  is_changed_ = true;
  return true;
}

void DropFolderWatch::let_end() {
  const std::lock_guard lock(mutex_);
  planned_.reset();
  is_changed_ = true;
}

void DropFolderWatch::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    watch(stop);
    // One that can not be watched stays so until something is changed.
    while (is_to_go_on(stop))
      threads::sleep_for(stop, look_into_folder_again);
    const std::lock_guard lock(mutex_);
    is_changed_ = false;
    has_ended_ = !planned_;
    if (has_ended_) return;
    watched_ = *planned_;
  }
}

void DropFolderWatch::watch(const std::stop_token& stop) {
  auto folder = adapters::disk::DropFolder::open(watched_.folder, {.datasets = watched_.datasets},
                                                 std::chrono::steady_clock::now);
  if (!folder) {
    surroundings_.log.write<"drop-folder-not-watched">(
        {{"bureau", watched_.bureau.str()}, {"reason", record::to_string(folder.error())}});
    return;
  }
  std::chrono::milliseconds pause = look_into_folder_again;
  while (is_to_go_on(stop)) {
    const bool went_well = look(*folder, stop);
    pause = went_well ? look_into_folder_again : std::min(2 * pause, longest_pause);
    threads::sleep_for(stop, pause);
  }
}

bool DropFolderWatch::may_load() {
  const auto why = hold_back_ ? hold_back_() : std::nullopt;
  if (why && !is_held_back_) {
    surroundings_.log.write<"drop-folder-held-back">(
        {{"bureau", watched_.bureau.str()}, {"reason", *why}});
  } else if (!why && is_held_back_) {
    surroundings_.log.write<"drop-folder-goes-on">({{"bureau", watched_.bureau.str()}});
  }
  is_held_back_ = why.has_value();
  return !is_held_back_;
}

bool DropFolderWatch::look(adapters::disk::DropFolder& folder, const std::stop_token& stop) {
  const auto ready = folder.ready();
  if (!ready) {
    surroundings_.log.write<"drop-folder-not-read">(
        {{"bureau", watched_.bureau.str()}, {"reason", record::to_string(ready.error())}});
    return true;
  }
  bool went_well = true;
  for (const adapters::disk::ReadyFile& file : *ready) {
    if (!is_to_go_on(stop) || !may_load()) break;
    const auto outcome = load(file, stop);
    if (!outcome) {
      went_well = false;
      continue;
    }
    const auto moved = adapters::disk::move_away(file.path, file.stamp, *outcome);
    if (!moved) {
      surroundings_.log.write<"dropped-file-not-moved">(
          {{"bureau", watched_.bureau.str()}, {"reason", record::to_string(moved.error())}});
    }
  }
  return went_well;
}

std::optional<DropFolderWatch::CutOff> DropFolderWatch::cut_off(const ChildEnd& end) const {
  using adapters::disk::Outcome;
  // The time that an import takes is also that of whatever else runs, and of a disk that is full:
  // it is tried again. What it takes of the processor is the file's own doing.
  if (end.is_timed_out) {
    return CutOff{fmt::format("channels.disk.time_limit ({} s)", watched_.limits.time.count()),
                  std::nullopt};
  }
  if (end.status == 128 + SIGXCPU) {
    return CutOff{fmt::format("channels.disk.cpu_limit ({} s)", watched_.limits.cpu.count()),
                  Outcome::failed};
  }
  return std::nullopt;
}

std::optional<adapters::disk::Outcome> DropFolderWatch::load(const adapters::disk::ReadyFile& file,
                                                             const std::stop_token& stop) {
  using adapters::disk::Outcome;
  const std::string name = file.path.filename().string();
  if (!file.dataset) {
    surroundings_.log.write<"dropped-file-unknown">(
        {{"bureau", watched_.bureau.str()}, {"file", name}});
    return Outcome::failed;
  }
  auto child = ChildProcess::start(
      surroundings_.command,
      {"--config", surroundings_.configuration.string(), "import", watched_.bureau.str(),
       file.path.string(), "--dataset", file.dataset->str(), "--no-wait"},
      watched_.limits);
  if (!child) {
    surroundings_.log.write<"import-not-started">(
        {{"bureau", watched_.bureau.str()}, {"reason", child.error().sentence}});
    return std::nullopt;
  }
  // An import that is cut off goes on where it was: what it had journaled it has not lost.
  const ChildEnd end = child->wait(stop);
  if (const auto cut = cut_off(end)) {
    surroundings_.log.write<"import-cut-off">(
        {{"bureau", watched_.bureau.str()}, {"file", name}, {"limit", cut->limit}});
    return cut->outcome;
  }
  if (end.errors.empty()) {
    surroundings_.log.write<"dropped-file-imported">(
        {{"bureau", watched_.bureau.str()}, {"file", name}, {"status", end.status}});
  } else {
    surroundings_.log.write<"dropped-file-imported">(observe::Log::Level::warning,
                                                     {{"bureau", watched_.bureau.str()},
                                                      {"file", name},
                                                      {"status", end.status},
                                                      {"reason", last_line(end.errors)}});
  }
  switch (static_cast<ExitStatus>(end.status)) {
    case ExitStatus::success:
    case ExitStatus::some_quarantined:
      return Outcome::done;
    case ExitStatus::refused:
      return Outcome::failed;
    default:
      return std::nullopt;  // this machine's fault, not the file's
  }
}

}  // namespace sluice::runs

#include "runs/drop_folder_watch.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

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
    const std::lock_guard lock(mutex_);
    is_changed_ = false;
    has_ended_ = !planned_;
    if (has_ended_) return;
    watched_ = *planned_;
  }
}

void DropFolderWatch::watch(const std::stop_token& stop) {
  std::optional<adapters::disk::DropFolder> folder;
  std::chrono::milliseconds pause = look_into_folder_again;
  while (is_to_go_on(stop)) {
    if (!folder) open(folder);
    const bool went_well = !folder || look(folder, stop);
    pause = went_well ? look_into_folder_again : std::min(2 * pause, longest_pause);
    threads::sleep_for(stop, pause);
  }
}

// A disk that is mounted later, a share that comes back: whoever waits for it does not restart us.
void DropFolderWatch::open(std::optional<adapters::disk::DropFolder>& folder) {
  auto opened = adapters::disk::DropFolder::open(
      watched_.folder, {.datasets = watched_.datasets, .settle = watched_.settle},
      std::chrono::steady_clock::now);
  if (!opened) return not_watched(opened.error());
  folder.emplace(std::move(*opened));
}

void DropFolderWatch::not_watched(const adapters::disk::DropFolderFailure& failure) {
  std::string reason = record::to_string(failure);
  if (reason == not_watched_) return;
  not_watched_ = std::move(reason);
  surroundings_.log.write<"drop-folder-not-watched">(
      {{"bureau", watched_.bureau.str()}, {"reason", not_watched_}});
}

void DropFolderWatch::tell_of_passed_over(adapters::disk::DropFolder& folder) {
  for (const adapters::disk::PassedOver& passed : folder.passed_over()) {
    surroundings_.log.write<"dropped-file-passed-over">(
        {{"bureau", watched_.bureau.str()}, {"file", passed.name}, {"reason", passed.reason}});
  }
}

bool DropFolderWatch::may_load() {
  held_back(hold_back_ ? hold_back_() : std::nullopt);
  return !is_held_back_;
}

void DropFolderWatch::held_back(const std::optional<std::string>& why) {
  if (why && !is_held_back_) {
    surroundings_.log.write<"drop-folder-held-back">(
        {{"bureau", watched_.bureau.str()}, {"reason", *why}});
  } else if (!why && is_held_back_) {
    surroundings_.log.write<"drop-folder-goes-on">({{"bureau", watched_.bureau.str()}});
  }
  is_held_back_ = why.has_value();
}

bool DropFolderWatch::look(std::optional<adapters::disk::DropFolder>& folder,
                           const std::stop_token& stop) {
  const auto turn = surroundings_.turns.take(watched_.folder, watched_.bureau);
  if (!turn) {
    // One look of whose folder it was is over in no time.
    if (std::exchange(waits_for_turn_, true)) {
      held_back(fmt::format("the import of {} has not ended", turn.error().str()));
    }
    return true;
  }
  if (std::exchange(waits_for_turn_, false)) held_back(std::nullopt);
  // Whose folder it was by then leaves it to the one that it is now.
  return !is_to_go_on(stop) || load_all(folder, stop);
}

bool DropFolderWatch::load_all(std::optional<adapters::disk::DropFolder>& folder,
                               const std::stop_token& stop) {
  const auto ready = folder->ready();
  if (!ready) {
    // It is opened anew: what the kernel watches may not be what lies under the name by now.
    not_watched(ready.error());
    folder.reset();
    return true;
  }
  if (!std::exchange(not_watched_, {}).empty()) {
    surroundings_.log.write<"drop-folder-watched">({{"bureau", watched_.bureau.str()}});
  }
  tell_of_passed_over(*folder);
  bool went_well = true;
  for (const adapters::disk::ReadyFile& file : *ready) {
    if (!is_to_go_on(stop) || !may_load()) break;
    const auto end = load(file, stop);
    if (end) {
      put_away(file, *end);
    } else {
      went_well = false;
    }
  }
  return went_well;
}

void DropFolderWatch::put_away(const adapters::disk::ReadyFile& file, const End& end) {
  const auto not_put_away = [this](const std::string& why) {
    surroundings_.log.write<"dropped-file-not-moved">(
        {{"bureau", watched_.bureau.str()}, {"reason", why}});
  };
  const auto moved = adapters::disk::move_away(file.path, file.stamp, end.outcome);
  if (!moved) return not_put_away(record::to_string(moved.error()));
  if (end.outcome != adapters::disk::Outcome::failed) return;
  const auto left = adapters::disk::leave_reason(*moved, end.reason + "\n");
  if (left) return;
  // Nobody looks for it where it lay, and nowhere else is it said why it failed.
  not_put_away(fmt::format("the file was moved to {}; {}; it failed for: {}", moved->string(),
                           record::to_string(left.error()), end.reason));
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

DropFolderWatch::End DropFolderWatch::unknown(const std::string& name) const {
  std::vector<std::string> datasets;
  for (const record::DatasetId& dataset : watched_.datasets)
    datasets.push_back(dataset.str());
  return {adapters::disk::Outcome::failed,
          fmt::format("{}: its name begins with none of the datasets that {} brings by disk ({}); "
                      "name it DATASET.csv or DATASET-anything.csv, and bring it again",
                      name, watched_.bureau.str(), fmt::join(datasets, ", "))};
}

std::optional<DropFolderWatch::End> DropFolderWatch::load(const adapters::disk::ReadyFile& file,
                                                          const std::stop_token& stop) {
  using adapters::disk::Outcome;
  const std::string name = file.path.filename().string();
  if (!file.dataset) {
    surroundings_.log.write<"dropped-file-unknown">(
        {{"bureau", watched_.bureau.str()}, {"file", name}});
    return unknown(name);
  }
  auto child =
      ChildProcess::start(surroundings_.command,
                          {"--config", surroundings_.configuration.string(), "import",
                           watched_.bureau.str(), file.path.string(), "--dataset",
                           file.dataset->str(), "--below", watched_.folder.string(), "--no-wait"},
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
    if (!cut->outcome) return std::nullopt;
    return End{*cut->outcome,
               fmt::format("{}: its import took more than {} allows; raise the limit, or bring it "
                           "in pieces",
                           name, cut->limit)};
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
      return End{Outcome::done, {}};
    case ExitStatus::refused:
      return End{Outcome::failed, last_line(end.errors)};
    default:
      return std::nullopt;  // this machine's fault, not the file's
  }
}

}  // namespace sluice::runs

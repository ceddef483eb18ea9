#include "runs/drop_folder_watch.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>

#include "runs/child_process.h"
#include "runs/exit_status.h"

namespace sluice::runs {
namespace {

constexpr std::chrono::milliseconds look_into_folder_again{500};

}  // namespace

DropFolderWatch::DropFolderWatch(Watched watched, std::filesystem::path command,
                                 std::filesystem::path configuration, observe::Log& log)
    : watched_(std::move(watched)),
      command_(std::move(command)),
      configuration_(std::move(configuration)),
      log_(log),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

DropFolderWatch::~DropFolderWatch() = default;

void DropFolderWatch::run(const std::stop_token& stop) {
  auto folder = adapters::disk::DropFolder::open(watched_.folder, {.datasets = watched_.datasets},
                                                 std::chrono::steady_clock::now);
  if (!folder) {
    log_.write<"drop-folder-not-watched">(
        {{"bureau", watched_.bureau.str()}, {"reason", record::to_string(folder.error())}});
    return;
  }
  std::mutex mutex;
  std::condition_variable_any woken;
  while (!stop.stop_requested()) {
    look(*folder, stop);
    std::unique_lock lock(mutex);
    woken.wait_for(lock, stop, look_into_folder_again, [] { return false; });
  }
}

void DropFolderWatch::look(adapters::disk::DropFolder& folder, const std::stop_token& stop) {
  const auto ready = folder.ready();
  if (!ready) {
    log_.write<"drop-folder-not-read">(
        {{"bureau", watched_.bureau.str()}, {"reason", record::to_string(ready.error())}});
    return;
  }
  for (const adapters::disk::ReadyFile& file : *ready) {
    if (stop.stop_requested()) return;
    const auto outcome = load(file, stop);
    if (!outcome) continue;
    const auto moved = adapters::disk::move_away(file.path, file.stamp, *outcome);
    if (!moved) {
      log_.write<"dropped-file-not-moved">(
          {{"bureau", watched_.bureau.str()}, {"reason", record::to_string(moved.error())}});
    }
  }
}

std::optional<adapters::disk::Outcome> DropFolderWatch::load(const adapters::disk::ReadyFile& file,
                                                             const std::stop_token& stop) {
  using adapters::disk::Outcome;
  const std::string name = file.path.filename().string();
  if (!file.dataset) {
    log_.write<"dropped-file-unknown">({{"bureau", watched_.bureau.str()}, {"file", name}});
    return Outcome::failed;
  }
  auto child =
      ChildProcess::start(command_,
                          {"--config", configuration_.string(), "import", watched_.bureau.str(),
                           file.path.string(), "--dataset", file.dataset->str(), "--no-wait"},
                          {});
  if (!child) {
    log_.write<"import-not-started">(
        {{"bureau", watched_.bureau.str()}, {"reason", child.error().sentence}});
    return std::nullopt;
  }
  // An import that is cut off goes on where it was: what it had journaled it has not lost.
  const ChildEnd end = child->wait(stop);
  if (end.errors.empty()) {
    log_.write<"dropped-file-imported">(
        {{"bureau", watched_.bureau.str()}, {"file", name}, {"status", end.status}});
  } else {
    log_.write<"dropped-file-imported">(observe::Log::Level::warning,
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

#include "sqlite/checkpoints.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>
#include <utility>

namespace sluice::sqlite {
namespace {

// Who has the turn for longer is not waited for: the log is moved after the next commit.
constexpr std::chrono::milliseconds longest_wait{1000};

}  // namespace

struct Checkpoints::State {
  State(std::filesystem::path path, WriteTurns& writers, OnFailedSync listener,
        CheckpointPages when)
      : file(std::move(path)), turns(writers), on_failure(std::move(listener)), pages(when) {}

  void run(const std::stop_token& stop);
  // Of the pages that the log has. Opens the file when it is needed.
  [[nodiscard]] Result<void> move(int logged_pages);

  std::filesystem::path file;
  WriteTurns& turns;
  OnFailedSync on_failure;
  CheckpointPages pages;
  std::optional<Database> database;  // of the thread alone

  mutable std::mutex mutex;  // of these three
  std::condition_variable_any told;
  int log = 0;  // pages, since it was last looked at; 0: nobody has committed since
  std::optional<Error> failed;

  std::jthread thread;  // guarded by mutex; last: it ends before what it uses
};

Result<void> Checkpoints::State::move(int logged_pages) {
  if (!database) {
    auto opened = Database::open(file);
    if (!opened) return std::unexpected(std::move(opened).error());
    database = std::move(*opened);
  }
  // Most of it while others go on writing.
  if (auto moved = database->checkpoint(); !moved || logged_pages < pages.too_many) return moved;
  const auto turn = turns.take(longest_wait);
  return turn ? database->checkpoint() : Result<void>();
}

void Checkpoints::State::run(const std::stop_token& stop) {
  std::unique_lock lock(mutex);
  while (told.wait(lock, stop, [&] { return log >= pages.due; })) {
    const int logged_pages = std::exchange(log, 0);
    lock.unlock();
    const auto moved = move(logged_pages);
    if (!moved) tell_failed_sync(on_failure, file, moved.error());
    lock.lock();
    // Whatever else it is, a full disk or a file that is gone, whoever writes next is told of.
    if (!moved && moved.error().is_failed_sync()) failed = moved.error();
  }
}

Checkpoints::Checkpoints(std::filesystem::path file, WriteTurns& turns, OnFailedSync told,
                         CheckpointPages pages)
    : state_(std::make_unique<State>(std::move(file), turns, std::move(told), pages)) {}

Checkpoints::~Checkpoints() = default;

void Checkpoints::logged(int pages) {
  {
    const std::lock_guard lock(state_->mutex);
    state_->log = pages;
    if (pages < state_->pages.due) return;
    if (!state_->thread.joinable()) {
      state_->thread =
          std::jthread([state = state_.get()](const std::stop_token& stop) { state->run(stop); });
    }
  }
  state_->told.notify_one();
}

std::optional<Error> Checkpoints::failure() const {
  const std::lock_guard lock(state_->mutex);
  return state_->failed;
}

}  // namespace sluice::sqlite

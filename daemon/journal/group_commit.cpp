#include "journal/group_commit.h"

#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace sluice::journal {
namespace {

// What may wait in memory for its commit. A commit takes milliseconds: reaching this means that the
// disk has stalled.
constexpr std::uint64_t waiting_bytes_limit = std::uint64_t{64} << 20;

std::uint64_t bytes_of(const Submission& submission) {
  std::uint64_t bytes = submission.lines.size();
  for (const QuarantinedRow& row : submission.quarantined)
    bytes += row.original.size();
  return bytes;
}

}  // namespace

struct GroupCommit::State {
  // Asks the journal on the commit thread; what it returns gives the answer where callers are.
  using LookUp = std::move_only_function<Answers(Journal&)>;

  State(Journal owned, std::chrono::milliseconds interval, OnFailure told, Deliver delivers)
      : journal(std::move(owned)),
        tick(interval),
        on_failure(std::move(told)),
        deliver(std::move(delivers)) {}

  Journal journal;
  std::chrono::milliseconds tick;
  OnFailure on_failure;
  Deliver deliver;

  std::mutex mutex;
  std::condition_variable_any wake;
  bool asleep = false;  // guarded by mutex, as the next four
  std::vector<Submission> submissions;
  std::vector<Done> callbacks;
  std::uint64_t waiting_bytes = 0;
  std::vector<LookUp> look_ups;

  std::optional<JournalFailure> unclosed;  // the commit thread's: why batches are not closed

  std::jthread thread;  // last: joined before the rest goes

  void run(const std::stop_token& stop);
  void commit(const std::vector<Submission>& group, std::vector<Done> done);
  void close_batches();
  void look_up(LookUp question) {
    const std::lock_guard lock(mutex);
    look_ups.push_back(std::move(question));
    wake_up();
  }
  // With the mutex held. A thread that is at work looks again before it sleeps.
  void wake_up() {
    if (std::exchange(asleep, false)) wake.notify_one();
  }
};

void GroupCommit::State::run(const std::stop_token& stop) {
  while (true) {
    std::vector<Submission> group;
    std::vector<Done> done;
    std::vector<LookUp> looking;
    {
      std::unique_lock lock(mutex);
      asleep = true;
      wake.wait_for(lock, stop, tick, [&] { return !submissions.empty() || !look_ups.empty(); });
      asleep = false;
      group.swap(submissions);
      done.swap(callbacks);
      looking.swap(look_ups);
      waiting_bytes = 0;
    }
    if (group.empty() && looking.empty() && stop.stop_requested()) return;
    if (!group.empty()) commit(group, std::move(done));
    for (LookUp& look_up : looking)
      deliver(look_up(journal));
    close_batches();
  }
}

void GroupCommit::State::close_batches() {
  auto closed = journal.close_open_batches(Journal::Close::due);
  if (closed) {
    unclosed.reset();
  } else if (!unclosed || unclosed->code != closed.error().code) {
    unclosed = std::move(closed.error());
    on_failure(*unclosed);
  }
}

void GroupCommit::State::commit(const std::vector<Submission>& group, std::vector<Done> done) {
  deliver([done = std::move(done), placements = journal.commit(group)]() mutable {
    for (std::size_t i = 0; i < done.size(); ++i) {
      if (placements) {
        done[i]((*placements)[i]);
      } else {
        done[i](std::unexpected(placements.error()));
      }
    }
  });
}

GroupCommit::GroupCommit(Journal journal, const Limits& limits, OnFailure on_failure,
                         Deliver deliver)
    // The tick: often enough that no batch stays open much longer than it may.
    : state_(std::make_unique<State>(std::move(journal),
                                     std::max(limits.batch_age / 4, std::chrono::milliseconds(5)),
                                     std::move(on_failure), std::move(deliver))) {
  state_->thread =
      std::jthread([state = state_.get()](const std::stop_token& stop) { state->run(stop); });
}

GroupCommit::~GroupCommit() = default;

void GroupCommit::submit(Submission submission, Done done) {
  {
    const std::lock_guard lock(state_->mutex);
    if (state_->waiting_bytes < waiting_bytes_limit) {
      state_->waiting_bytes += bytes_of(submission);
      state_->submissions.push_back(std::move(submission));
      state_->callbacks.push_back(std::move(done));
      state_->wake_up();
      return;
    }
  }
  state_->deliver([done = std::move(done)]() mutable {
    done(std::unexpected(
        JournalFailure{JournalProblem::backlog_full, "journal",
                       "too much waits to be written to the disk; send again later"}));
  });
}

void GroupCommit::find(std::string channel, std::string key, Found found) {
  state_->look_up([channel = std::move(channel), key = std::move(key),
                   found = std::move(found)](Journal& journal) mutable -> Answers {
    return [found = std::move(found), cursor = journal.cursor(channel, key)]() mutable {
      found(std::move(cursor));
    };
  });
}

void GroupCommit::tallies(record::DatasetId dataset, record::Time since, Told told) {
  state_->look_up([dataset = std::move(dataset), since,
                   told = std::move(told)](Journal& journal) mutable -> Answers {
    return [told = std::move(told), tallies = journal.tallies(dataset, since)]() mutable {
      told(std::move(tallies));
    };
  });
}

}  // namespace sluice::journal

#include "journal/group_commit.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <exception>
#include <iterator>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace sluice::journal {
namespace {

std::uint64_t bytes_of(const Submission& submission) {
  std::uint64_t bytes = submission.lines.size() + submission.places.source.size() +
                        submission.places.runs.size() * sizeof(PlaceRun);
  if (submission.payload) bytes += submission.payload->compressed.size();
  for (const QuarantinedRow& row : submission.quarantined)
    bytes += row.original.size();
  return bytes;
}

bool is_large(const Submission& submission) {
  return submission.payload || submission.lines.size() > large_submission_bytes;
}

}  // namespace

struct GroupCommit::State {
  // What goes into one transaction, in this order, and who waits for it.
  struct Group {
    std::vector<Submission> submissions;
    std::vector<Done> callbacks;
    std::uint64_t bytes = 0;

    void add(Submission submission, Done done, std::uint64_t of_it) {
      submissions.push_back(std::move(submission));
      callbacks.push_back(std::move(done));
      bytes += of_it;
    }
  };

  // Asks the journal on the commit thread; what it returns gives the answer where callers are.
  // Given a failure it does not ask, and answers with that.
  using LookUp = std::move_only_function<Answers(Journal&, const JournalFailure*)>;

  State(Journal owned, std::chrono::milliseconds interval, OnFailure told, Deliver delivers,
        OnFailure told_of_end, std::shared_ptr<WaitingMemory> shared)
      : journal(std::move(owned)),
        tick(interval),
        on_failure(std::move(told)),
        on_stopped(std::move(told_of_end)),
        deliver(std::move(delivers)),
        memory(shared ? std::move(shared) : std::make_shared<WaitingMemory>()) {}
  ~State() {
    thread = {};
    memory->give_back(waiting_bytes());
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  Journal journal;
  std::chrono::milliseconds tick;
  OnFailure on_failure;
  OnFailure on_stopped;
  Deliver deliver;
  std::shared_ptr<WaitingMemory> memory;

  std::mutex mutex;
  std::condition_variable_any wake;
  bool asleep = false;  // guarded by mutex, as the next three
  Group small;
  std::deque<Group> large;  // one in each
  std::vector<LookUp> look_ups;

  // The commit thread's: who waits for what it does now.
  std::vector<Done> under_way;
  std::deque<Group> taken;  // large ones that are committed next
  std::vector<LookUp> looking;
  std::optional<JournalFailure> stopped;   // guarded by mutex: what ended the thread
  std::optional<JournalFailure> unclosed;  // the commit thread's: why batches are not closed

  std::jthread thread;  // last: joined before the rest goes

  void run(const std::stop_token& stop);
  // Until there is nothing left to do and `stop` is asked for.
  void work(const std::stop_token& stop);
  void end_with(JournalFailure failure);
  void commit(Group group);
  // What of the small ones is waiting now, and what is asked: large ones hold them up for one
  // commit, not for all.
  void commit_small();
  void close_batches();
  // With the mutex held.
  [[nodiscard]] std::uint64_t waiting_bytes() const {
    std::uint64_t bytes = small.bytes;
    for (const Group& each : large)
      bytes += each.bytes;
    return bytes;
  }
  void look_up(LookUp question) {
    {
      const std::lock_guard lock(mutex);
      if (!stopped) {
        look_ups.push_back(std::move(question));
        wake_up();
        return;
      }
    }
    deliver(question(journal, &*stopped));
  }
  // With the mutex held. A thread that is at work looks again before it sleeps.
  void wake_up() {
    if (std::exchange(asleep, false)) wake.notify_one();
  }
};

void GroupCommit::State::run(const std::stop_token& stop) {
  try {
    work(stop);
  } catch (const std::exception& error) {
    end_with(
        {JournalProblem::broken, "journal",
         fmt::format("an error that was not foreseen ({}): nothing of this bureau is taken any "
                     "more; report it, and restart sluiced",
                     error.what())});
  }
}

// Whoever waits is answered, and whoever comes.
void GroupCommit::State::end_with(JournalFailure failure) {
  std::vector<LookUp> unasked = std::move(looking);
  std::vector<Done> unanswered = std::move(under_way);
  const auto take_from = [&](Group& group) {
    std::ranges::move(group.callbacks, std::back_inserter(unanswered));
    group.submissions.clear();
    group.callbacks.clear();
  };
  std::ranges::for_each(taken, take_from);
  taken.clear();
  {
    const std::lock_guard lock(mutex);
    stopped = failure;
    take_from(small);
    std::ranges::for_each(large, take_from);
    std::ranges::move(look_ups, std::back_inserter(unasked));
    look_ups.clear();
  }
  if (on_stopped) on_stopped(failure);
  deliver([done = std::move(unanswered), failure]() mutable {
    for (Done& each : done) {
      if (each) each(std::unexpected(failure));
    }
  });
  for (LookUp& look_up : unasked) {
    if (look_up) deliver(look_up(journal, &failure));
  }
}

void GroupCommit::State::work(const std::stop_token& stop) {
  while (true) {
    {
      std::unique_lock lock(mutex);
      asleep = true;
      wake.wait_for(lock, stop, tick, [&] {
        return !small.submissions.empty() || !large.empty() || !look_ups.empty();
      });
      asleep = false;
      if (stop.stop_requested() && small.submissions.empty() && large.empty() && look_ups.empty()) {
        return;
      }
      for (const Group& each : large)
        memory->give_back(each.bytes);
      taken = std::exchange(large, {});
    }
    commit_small();
    while (!taken.empty()) {
      Group next = std::move(taken.front());
      taken.pop_front();
      commit(std::move(next));
      commit_small();
    }
    close_batches();
  }
}

void GroupCommit::State::commit_small() {
  Group group;
  {
    const std::lock_guard lock(mutex);
    group = std::exchange(small, {});
    memory->give_back(group.bytes);
    // With it: each stands behind what it was asked after.
    looking = std::exchange(look_ups, {});
  }
  if (!group.submissions.empty()) commit(std::move(group));
  for (LookUp& look_up : looking) {
    deliver(look_up(journal, nullptr));
    look_up = nullptr;  // it has its answer
  }
  looking.clear();
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

void GroupCommit::State::commit(Group group) {
  under_way = std::move(group.callbacks);
  auto committed = journal.commit(group.submissions);
  deliver([done = std::exchange(under_way, {}), placements = std::move(committed)]() mutable {
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
                         Deliver deliver, OnFailure on_stopped,
                         std::shared_ptr<WaitingMemory> memory)
    // The tick: often enough that no batch stays open much longer than it may.
    : state_(std::make_unique<State>(
          std::move(journal), std::max(limits.batch_age / 4, std::chrono::milliseconds(5)),
          std::move(on_failure), std::move(deliver), std::move(on_stopped), std::move(memory))) {
  state_->thread =
      std::jthread([state = state_.get()](const std::stop_token& stop) { state->run(stop); });
}

GroupCommit::~GroupCommit() = default;

bool GroupCommit::is_stopped() const {
  const std::lock_guard lock(state_->mutex);
  return state_->stopped.has_value();
}

void GroupCommit::submit(Submission submission, Done done) {
  JournalFailure why{JournalProblem::backlog_full, "journal",
                     "too much waits to be written to the disk; send again later"};
  {
    const std::lock_guard lock(state_->mutex);
    if (state_->stopped) {
      why = *state_->stopped;
    } else if (const std::uint64_t bytes = bytes_of(submission);
               state_->memory->take(bytes, state_->waiting_bytes())) {
      State::Group& group = is_large(submission) ? state_->large.emplace_back() : state_->small;
      group.add(std::move(submission), std::move(done), bytes);
      state_->wake_up();
      return;
    }
  }
  state_->deliver([done = std::move(done), why = std::move(why)]() mutable {
    done(std::unexpected(std::move(why)));
  });
}

void GroupCommit::find(std::string channel, std::string key, Found found) {
  state_->look_up([channel = std::move(channel), key = std::move(key), found = std::move(found)](
                      Journal& journal, const JournalFailure* stopped) mutable -> Answers {
    auto cursor = stopped == nullptr ? journal.cursor(channel, key) : std::unexpected(*stopped);
    return [found = std::move(found), cursor = std::move(cursor)]() mutable {
      found(std::move(cursor));
    };
  });
}

void GroupCommit::standing(record::Sequence sequence, Stands told) {
  state_->look_up([sequence, told = std::move(told)](
                      Journal& journal, const JournalFailure* stopped) mutable -> Answers {
    auto standing = stopped == nullptr ? journal.standing(sequence) : std::unexpected(*stopped);
    return [told = std::move(told), standing = std::move(standing)]() mutable {
      told(std::move(standing));
    };
  });
}

void GroupCommit::tallies(record::DatasetId dataset, record::Time since, Told told) {
  state_->look_up([dataset = std::move(dataset), since, told = std::move(told)](
                      Journal& journal, const JournalFailure* stopped) mutable -> Answers {
    auto tallies = stopped == nullptr ? journal.tallies(dataset, since) : std::unexpected(*stopped);
    return [told = std::move(told), tallies = std::move(tallies)]() mutable {
      told(std::move(tallies));
    };
  });
}

}  // namespace sluice::journal

// Lets many callers share one fsync: what they submit while a commit is under way goes into the
// next one together. A large submission has one to itself, and small ones pass those that wait: who
// submits before the answer to another is there has no order with it. Large ones keep theirs, and
// small ones theirs.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>

#include "journal/journal.h"

namespace sluice::journal {

// What may wait in memory for its commit, of all streams of a node together; one may have half of
// it. A commit takes milliseconds: to come to this, a disk must stall. Thread-safe.
class WaitingMemory {
 public:
  explicit WaitingMemory(std::uint64_t limit = std::uint64_t{64} << 20) : limit_(limit) {}
  // False: there is no room for it beside what waits, of which `own` are the stream's.
  [[nodiscard]] bool take(std::uint64_t bytes, std::uint64_t own) {
    if (own != 0 && own + bytes > limit_ / 2) return false;
    const std::uint64_t before = taken_.fetch_add(bytes);
    // One that is alone is taken however large it is.
    if (before == 0 || before + bytes <= limit_) return true;
    taken_ -= bytes;
    return false;
  }
  void give_back(std::uint64_t bytes) { taken_ -= bytes; }

 private:
  const std::uint64_t limit_;
  std::atomic<std::uint64_t> taken_{0};
};

// Thread-safe. Owns its journal and the thread on which it commits and closes open batches in time.
class GroupCommit {
 public:
  using Done = std::move_only_function<void(Result<Placement>)>;
  using Found = std::move_only_function<void(Result<std::optional<KeptCursor>>)>;
  using Told = std::move_only_function<void(Result<std::vector<MinuteTally>>)>;
  // Told, on the commit thread, when open batches can not be closed: once until they can, and when
  // the reason changes, since it is tried again several times a second.
  using OnFailure = std::function<void(const JournalFailure&)>;
  using Stands = std::move_only_function<void(Result<BatchStanding>)>;
  // Given, on any thread, the answers to a whole group: runs them once, there and then or on a
  // thread of the callers, who so are woken once and not one by one.
  using Answers = std::move_only_function<void()>;
  using Deliver = std::function<void(Answers)>;
  static void at_once(Answers answers) { answers(); }

  // `on_stopped` is told why once an exception has ended the thread: from then on every call fails
  // with it, and the other streams go on.
  // `memory`: what it shares with other streams; null: none.
  GroupCommit(Journal journal, const Limits& limits, OnFailure on_failure,
              Deliver deliver = at_once, OnFailure on_stopped = {},
              std::shared_ptr<WaitingMemory> memory = nullptr);
  // Commits what is waiting first.
  ~GroupCommit();
  GroupCommit(const GroupCommit&) = delete;
  GroupCommit& operator=(const GroupCommit&) = delete;

  // `done` is called where `deliver` does it, once the submission is durable or has failed; it must
  // not block. Too many waiting is `backlog_full` at once.
  void submit(Submission submission, Done done);

  // Looks a cursor up, after what was submitted before, but for large submissions that still wait;
  // `found` is called as `done` above.
  void find(std::string channel, std::string key, Found found);

  // Whether an exception has ended it.
  [[nodiscard]] bool is_stopped() const;
  // Journal::standing(), in the same way.
  void standing(record::Sequence sequence, Stands told);

  // Journal::tallies(), in the same way.
  void tallies(record::DatasetId dataset, record::Time since, Told told);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sluice::journal

// Lets many callers share one fsync: what they submit while a commit is under way goes into the
// next one together.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "journal/journal.h"

namespace sluice::journal {

// Thread-safe. Owns its journal and the thread on which it commits and closes open batches in time.
class GroupCommit {
 public:
  using Done = std::move_only_function<void(std::expected<Placement, JournalFailure>)>;
  using Found =
      std::move_only_function<void(std::expected<std::optional<KeptCursor>, JournalFailure>)>;
  // Told, on the commit thread, each time that an attempt to close open batches fails.
  using OnFailure = std::function<void(const JournalFailure&)>;

  GroupCommit(Journal journal, const Limits& limits, OnFailure on_failure);
  // Commits what is waiting first.
  ~GroupCommit();
  GroupCommit(const GroupCommit&) = delete;
  GroupCommit& operator=(const GroupCommit&) = delete;

  // `done` is called on the commit thread once the submission is durable or has failed; it must not
  // block. Too many waiting is `backlog_full` at once, on the caller's thread.
  void submit(Submission submission, Done done);

  // Looks a cursor up on the commit thread, after what was submitted before.
  void find(std::string channel, std::string key, Found found);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sluice::journal

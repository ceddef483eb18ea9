// The saves of drafts that have not ended, for a whole daemon: while one configuration takes the
// place of another, a stream's records come by two ways into one journal.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <utility>

#include "record/identifiers.h"

namespace sluice::entry {

// Never given to two records, of whatever bureau and dataset; not empty.
using DraftId = record::Name<struct DraftTag>;

// Thread-safe.
class RunningDrafts {
 public:
  using Save = std::move_only_function<void()>;

  // Begins `save`: there and then, or once those of this draft that came before have ended, on the
  // thread of the last of them. end() is to be called once for each.
  void begin(const DraftId& draft, Save save) {
    {
      const std::lock_guard lock(mutex_);
      const auto [running, is_first] = waiting_.try_emplace(draft);
      if (!is_first) {
        running->second.push_back(std::move(save));
        return;
      }
    }
    save();
  }
  void end(const DraftId& draft) {
    Save next;
    {
      const std::lock_guard lock(mutex_);
      const auto running = waiting_.find(draft);
      if (running->second.empty()) {
        waiting_.erase(running);
        return;
      }
      next = std::move(running->second.front());
      running->second.pop_front();
    }
    next();
  }

 private:
  std::mutex mutex_;
  std::map<DraftId, std::deque<Save>> waiting_;  // of those that run, who comes behind
};

}  // namespace sluice::entry

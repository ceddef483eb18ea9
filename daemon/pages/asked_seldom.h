// What a database is asked for pages at most once in a while, however many people look at them, so
// that looking costs it nothing.
#pragma once

#include <chrono>
#include <expected>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "record/time.h"

namespace sluice::pages {

// Thread-safe.
template <class Answer, class Failure>
class AskedSeldom {
 public:
  using Ask = std::function<std::expected<Answer, Failure>(record::Time now)>;
  // `ask` blocks; never called by two at once.
  AskedSeldom(std::chrono::seconds every, Ask ask) : every_(every), ask_(std::move(ask)) {}

  // Blocks who comes when it is to be asked; others get what was there before. Null: there is no
  // answer.
  [[nodiscard]] std::shared_ptr<const Answer> answer(record::Time now) {
    const std::unique_lock asking(asking_, std::try_to_lock);
    {
      const std::lock_guard lock(mutex_);
      // An answer from the future is none: the clock was set back.
      const bool is_fresh = asked_ && now >= *asked_ && now - *asked_ < every_;
      if (is_fresh || (!asking && asked_)) return answer_;
    }
    if (!asking) return nullptr;
    auto asked = ask_(now);
    const std::lock_guard lock(mutex_);
    answer_ = asked ? std::make_shared<const Answer>(std::move(*asked)) : nullptr;
    asked_ = now;
    return answer_;
  }

 private:
  std::chrono::seconds every_;
  Ask ask_;
  std::mutex asking_;  // one at a time
  std::mutex mutex_;   // guards what follows; never held while it is asked
  std::shared_ptr<const Answer> answer_;
  std::optional<record::Time> asked_;
};

}  // namespace sluice::pages

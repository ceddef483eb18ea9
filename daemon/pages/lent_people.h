// Handles to the people's database: each is for one thread at a time, and connecting anew for every
// request would cost more than the request.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "people/people.h"

namespace sluice::pages {

// Thread-safe. Keeps as many as were ever in use at once, which is the number of workers at most.
class LentPeople {
 public:
  using Open = std::function<people::Result<std::unique_ptr<people::People>>()>;
  explicit LentPeople(Open open) : open_(std::move(open)) {}

  // Comes back when it goes; must not outlive the lender.
  class Loan {
   public:
    Loan(LentPeople& lender, std::unique_ptr<people::People> people)
        : lender_(&lender), people_(std::move(people)) {}
    ~Loan() {
      if (people_) lender_->take_back(std::move(people_));
    }
    Loan(Loan&&) noexcept = default;
    Loan& operator=(Loan&&) = delete;
    [[nodiscard]] people::People& operator*() const { return *people_; }

   private:
    LentPeople* lender_;
    std::unique_ptr<people::People> people_;
  };

  [[nodiscard]] people::Result<Loan> lend() {
    {
      const std::lock_guard lock(mutex_);
      if (!idle_.empty()) {
        auto people = std::move(idle_.back());
        idle_.pop_back();
        return Loan(*this, std::move(people));
      }
    }
    auto opened = open_();
    if (!opened) return std::unexpected(opened.error());
    return Loan(*this, std::move(*opened));
  }

 private:
  void take_back(std::unique_ptr<people::People> people) {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(people));
  }

  Open open_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<people::People>> idle_;  // guarded by mutex_
};

}  // namespace sluice::pages

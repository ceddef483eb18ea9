// Handles to a database that are for one thread at a time: connecting anew for every request would
// cost more than the request.
#pragma once

#include <expected>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace sluice::pages {

// Thread-safe. Keeps as many as were ever in use at once, which is the number of workers at most.
template <class Handle, class Failure>
class Lent {
 public:
  template <class T>
  using Result = std::expected<T, Failure>;
  using Open = std::function<Result<std::unique_ptr<Handle>>()>;
  explicit Lent(Open open) : open_(std::move(open)) {}

  // Comes back when it goes; must not outlive the lender.
  class Loan {
   public:
    Loan(Lent& lender, std::unique_ptr<Handle> handle)
        : lender_(&lender), handle_(std::move(handle)) {}
    ~Loan() {
      if (handle_) lender_->take_back(std::move(handle_));
    }
    Loan(Loan&&) noexcept = default;
    Loan& operator=(Loan&&) = delete;
    [[nodiscard]] Handle& operator*() const { return *handle_; }
    [[nodiscard]] Handle* operator->() const { return handle_.get(); }

   private:
    Lent* lender_;
    std::unique_ptr<Handle> handle_;
  };

  [[nodiscard]] Result<Loan> lend() {
    {
      const std::lock_guard lock(mutex_);
      if (!idle_.empty()) {
        auto handle = std::move(idle_.back());
        idle_.pop_back();
        return Loan(*this, std::move(handle));
      }
    }
    auto opened = open_();
    if (!opened) return std::unexpected(opened.error());
    return Loan(*this, std::move(*opened));
  }

 private:
  void take_back(std::unique_ptr<Handle> handle) {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(handle));
  }

  Open open_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Handle>> idle_;  // guarded by mutex_
};

}  // namespace sluice::pages

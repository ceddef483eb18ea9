#include "api/measuring.h"

#include <exception>
#include <utility>

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace sluice::api {

namespace asio = boost::asio;

struct Measuring::Waiter {
  enum class State { waits, is_told, is_gone };
  explicit Waiter(const asio::any_io_executor& executor) : timer(executor) {}
  asio::steady_timer timer;    // of the caller's executor
  State state = State::waits;  // guarded by mutex_
};

Measuring::Measuring(Look look, std::chrono::milliseconds patience)
    : look_(std::move(look)), patience_(patience) {}

asio::awaitable<void> Measuring::look() {
  const auto waiter = std::make_shared<Waiter>(co_await asio::this_coro::executor);
  waiter->timer.expires_after(patience_);
  {
    const std::lock_guard lock(mutex_);
    if (!std::exchange(is_asked_for_, true)) asio::post(thread_, [this] { run(); });
    waiting_.push_back(waiter);
  }
  boost::system::error_code woken;  // by the figures, which is no error
  co_await waiter->timer.async_wait(asio::redirect_error(asio::use_awaitable, woken));
  leave(*waiter, !woken);
}

void Measuring::leave(Waiter& waiter, bool has_given_up) {
  const std::lock_guard lock(mutex_);
  std::erase_if(waiting_, [&](const auto& other) { return other.get() == &waiter; });
  if (std::exchange(waiter.state, Waiter::State::is_gone) == Waiter::State::is_told) {
    --unread_;
    return;
  }
  // What somebody was told and has not read yet was found within their patience: it is not old.
  if (has_given_up && unread_ == 0) look_.miss();
}

void Measuring::run() {
  std::vector<std::shared_ptr<Waiter>> waiters;
  {
    const std::lock_guard lock(mutex_);
    is_asked_for_ = false;
    waiters = std::exchange(waiting_, {});
  }
  if (waiters.empty()) return;  // they have given up
  try {
    const std::function<void()> tell = look_.measure();
    const std::lock_guard lock(mutex_);
    tell();
    std::erase_if(waiters,
                  [](const auto& waiter) { return waiter->state != Waiter::State::waits; });
    for (const std::shared_ptr<Waiter>& waiter : waiters)
      waiter->state = Waiter::State::is_told;
    unread_ += waiters.size();
  } catch (const std::exception&) {
    return;  // no figures: they miss them in a moment, and say so
  }
  for (std::shared_ptr<Waiter>& waiter : waiters) {
    const auto executor = waiter->timer.get_executor();
    asio::post(executor, [waiter = std::move(waiter)] { waiter->timer.cancel(); });
  }
}

}  // namespace sluice::api

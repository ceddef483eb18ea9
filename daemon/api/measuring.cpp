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

// Its members are of the caller's executor.
struct Measuring::Waiter {
  explicit Waiter(const asio::any_io_executor& executor) : timer(executor) {}
  asio::steady_timer timer;
  bool has_figures = false;
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
  if (waiter->has_figures) co_return;
  {
    const std::lock_guard lock(mutex_);
    std::erase(waiting_, waiter);
  }
  look_.miss();
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
    look_.measure();
  } catch (const std::exception&) {
    return;  // no figures: they miss them in a moment, and say so
  }
  for (std::shared_ptr<Waiter>& waiter : waiters) {
    const auto executor = waiter->timer.get_executor();
    asio::post(executor, [waiter = std::move(waiter)] {
      waiter->has_figures = true;
      waiter->timer.cancel();
    });
  }
}

}  // namespace sluice::api

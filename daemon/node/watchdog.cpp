#include "node/watchdog.h"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace sluice::node {

namespace asio = boost::asio;

asio::awaitable<void> answer_watchdog(const observe::ServiceNotifier& notifier) {
  const auto interval = notifier.watchdog_interval();
  if (!interval) co_return;
  asio::steady_timer timer(co_await asio::this_coro::executor);
  while (true) {
    notifier.alive();
    timer.expires_after(*interval);
    co_await timer.async_wait(asio::use_awaitable);
  }
}

}  // namespace sluice::node

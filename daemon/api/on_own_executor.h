// How an endpoint waits for what answers on another thread.
#pragma once

#include <exception>
#include <optional>
#include <utility>

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace sluice::api {

// Awaits a function that calls back once, on any thread: goes on upon the coroutine's own executor.
template <class Result, class Start>
boost::asio::awaitable<Result> on_own_executor(Start start) {
  namespace asio = boost::asio;
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>&, void(Result)>(
      [&start](auto handler) {
        const auto executor = asio::get_associated_executor(handler);
        start([executor, handler = std::move(handler)](Result result) mutable {
          asio::dispatch(executor,
                         [handler = std::move(handler), result = std::move(result)]() mutable {
                           std::move(handler)(std::move(result));
                         });
        });
      },
      asio::use_awaitable);
}

// What `act` returns, or throws, on a thread of `pool`.
template <class Result, class Act>
boost::asio::awaitable<Result> off_the_loop(boost::asio::thread_pool& pool, const Act& act) {
  std::exception_ptr thrown;
  auto result = co_await on_own_executor<std::optional<Result>>([&](auto done) {
    boost::asio::post(pool, [&, done = std::move(done)]() mutable {
      std::optional<Result> returned;
      try {
        returned = act();
      } catch (...) {
        thrown = std::current_exception();
      }
      done(std::move(returned));
    });
  });
  if (thrown) std::rethrow_exception(thrown);
  co_return std::move(*result);
}

}  // namespace sluice::api

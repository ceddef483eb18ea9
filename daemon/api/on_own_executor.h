// How an endpoint waits for what answers on another thread.
#pragma once

#include <cstddef>
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

// What is read there and then: for less than this another thread costs more than it saves, and a
// connection that waits for it waits for less than a millisecond.
inline constexpr std::size_t small_text = std::size_t{64} << 10;

// What `act` returns, which reads a text of `bytes`: a large one on a thread of `pool`, so that it
// holds up no other connection.
template <class Result, class Act>
boost::asio::awaitable<Result> read_beside(boost::asio::thread_pool& pool, std::size_t bytes,
                                           const Act& act) {
  if (bytes <= small_text) co_return act();
  co_return co_await off_the_loop<Result>(pool, act);
}

}  // namespace sluice::api

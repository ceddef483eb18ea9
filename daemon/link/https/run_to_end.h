// How a call that blocks waits for what a connection does: on the caller's thread, and no longer
// than until it is asked to stop.
#pragma once

#include <exception>
#include <functional>
#include <stop_token>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include "link/link.h"

namespace sluice::link {

// Where a stop is requested `cut` is called between two steps of the work, which is to make it end
// soon. `context` is nobody else's meanwhile.
template <class T>
[[nodiscard]] Result<T> run_to_end(boost::asio::io_context& context,
                                   boost::asio::awaitable<Result<T>> work,
                                   const std::stop_token& stop, const std::function<void()>& cut) {
  Result<T> result;
  std::exception_ptr broken;
  const std::stop_callback on_stop(stop, [&] { boost::asio::post(context, cut); });
  context.restart();
  boost::asio::co_spawn(context, std::move(work),
                        [&](const std::exception_ptr& error, Result<T> done) {
                          broken = error;
                          result = std::move(done);
                        });
  context.run();
  if (broken) std::rethrow_exception(broken);
  return result;
}

}  // namespace sluice::link

// How coroutines wait for Asio: an error comes back as a value, and is not thrown.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace sluice {

inline constexpr auto awaited = boost::asio::as_tuple(boost::asio::use_awaitable);

}  // namespace sluice

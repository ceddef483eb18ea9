// Values of options, read as the load programs read them: whole, or not at all.
#pragma once

#include <charconv>
#include <concepts>
#include <string_view>

#include "bench/load/client_connection.h"

namespace sluice::bench {

template <std::unsigned_integral Number>
[[nodiscard]] bool set_number(Number& target, std::string_view text) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), target);
  return error == std::errc{} && end == text.data() + text.size();
}

// HOST:PORT
[[nodiscard]] inline bool set_server(Server& server, std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return false;
  server.host = text.substr(0, colon);
  server.port = text.substr(colon + 1);
  return !server.host.empty() && !server.port.empty();
}

}  // namespace sluice::bench

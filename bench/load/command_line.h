// The command lines of the load programs: options by name, each value read whole or not at all.
#pragma once

#include <charconv>
#include <concepts>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "bench/load/client_connection.h"

namespace sluice::bench {

// Takes an option's value; false: it is none.
using Take = std::function<bool(const char* value)>;

struct KnownOption {
  const char* name;  // without the dashes
  Take take;
  bool has_value = true;  // else `take` gets nothing
};

// What stands beside the options. Nothing: the command line was not understood.
[[nodiscard]] std::optional<std::vector<std::string>> read_options(
    int count, char** arguments, std::initializer_list<KnownOption> known);

template <std::unsigned_integral Number>
[[nodiscard]] bool set_number(Number& target, std::string_view text) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), target);
  return error == std::errc{} && end == text.data() + text.size();
}

// The targets must outlive what takes.
[[nodiscard]] Take text_into(std::string& target);
[[nodiscard]] Take server_into(Server& target);  // HOST:PORT
template <std::unsigned_integral Number>
[[nodiscard]] Take number_into(Number& target) {
  return [&target](const char* value) { return set_number(target, value); };
}

}  // namespace sluice::bench

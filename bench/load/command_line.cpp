#include "bench/load/command_line.h"

#include <getopt.h>

namespace sluice::bench {

std::optional<std::vector<std::string>> read_options(int count, char** arguments,
                                                     std::initializer_list<KnownOption> known) {
  std::vector<option> options;
  for (const KnownOption& one : known) {
    options.push_back({one.name, one.has_value ? required_argument : no_argument, nullptr,
                       static_cast<int>(options.size()) + 1});
  }
  options.push_back({nullptr, 0, nullptr, 0});
  int which = 0;
  while ((which = getopt_long(count, arguments, "", options.data(), nullptr)) != -1) {
    if (which == '?') return std::nullopt;
    if (!(known.begin() + (which - 1))->take(optarg)) return std::nullopt;
  }
  return std::vector<std::string>(arguments + optind, arguments + count);
}

Take text_into(std::string& target) {
  return [&target](const char* value) {
    target = value;
    return true;
  };
}

Take server_into(Server& target) {
  return [&target](std::string_view value) {
    const std::size_t colon = value.rfind(':');
    if (colon == std::string_view::npos) return false;
    target.host = value.substr(0, colon);
    target.port = value.substr(colon + 1);
    return !target.host.empty() && !target.port.empty();
  };
}

}  // namespace sluice::bench

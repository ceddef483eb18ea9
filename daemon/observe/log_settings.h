// Where log lines go, and which.
#pragma once

#include <string_view>

namespace sluice::observe {

struct LogSettings {
  enum class Target { standard_error, syslog };
  enum class Level { debug, info, warning, error };
  Target target = Target::standard_error;
  Level level = Level::info;
};

[[nodiscard]] constexpr std::string_view to_string(LogSettings::Level level) {
  switch (level) {
    case LogSettings::Level::debug:
      return "debug";
    case LogSettings::Level::info:
      return "info";
    case LogSettings::Level::warning:
      return "warning";
    case LogSettings::Level::error:
      return "error";
  }
  return "error";
}

}  // namespace sluice::observe

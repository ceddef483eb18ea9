// Where log lines go, and which.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string_view>

namespace sluice::observe {

struct LogSettings {
  // `automatic`: journald where it is there, else `socket`.
  enum class Target { standard_error, automatic, journald, syslog };
  // In the order of how much they matter to an operator. debug and info: nobody needs to; notice:
  // a state has changed; warning: somebody should look; error (syslog's `err`): somebody must act.
  enum class Level { debug, info, notice, warning, error };

  // Of RFC 5612, for documentation: nobody has it, so no other program's data are taken for ours.
  static constexpr std::uint32_t example_enterprise = 32473;

  Target target = Target::standard_error;
  Level level = Level::info;
  std::filesystem::path socket = "/dev/log";
  // Behind the `@` of the name of our structured data (RFC 5424, 7.2.2): an agency may have one.
  std::uint32_t enterprise_number = example_enterprise;
  // What happens again within this time is counted, and told once.
  std::chrono::milliseconds fold_within = std::chrono::seconds(60);
};

[[nodiscard]] constexpr std::string_view to_string(LogSettings::Level level) {
  switch (level) {
    case LogSettings::Level::debug:
      return "debug";
    case LogSettings::Level::info:
      return "info";
    case LogSettings::Level::notice:
      return "notice";
    case LogSettings::Level::warning:
      return "warning";
    case LogSettings::Level::error:
      return "error";
  }
  return "error";
}

// What an operator may expect of a line of this level.
[[nodiscard]] constexpr std::string_view meaning(LogSettings::Level level) {
  switch (level) {
    case LogSettings::Level::debug:
      return "for who looks for a fault";
    case LogSettings::Level::info:
      return "it goes as it should";
    case LogSettings::Level::notice:
      return "a state has changed";
    case LogSettings::Level::warning:
      return "somebody should look";
    case LogSettings::Level::error:
      return "somebody must act";
  }
  return {};
}

// RFC 5424, table 2; journald has the same numbers.
[[nodiscard]] constexpr int severity(LogSettings::Level level) {
  switch (level) {
    case LogSettings::Level::debug:
      return 7;
    case LogSettings::Level::info:
      return 6;
    case LogSettings::Level::notice:
      return 5;
    case LogSettings::Level::warning:
      return 4;
    case LogSettings::Level::error:
      return 3;
  }
  return 3;
}

// RFC 5424, table 1: system daemons.
inline constexpr int syslog_facility = 3;

}  // namespace sluice::observe

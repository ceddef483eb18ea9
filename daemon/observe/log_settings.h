// Where log lines go, and which.
#pragma once

namespace sluice::observe {

struct LogSettings {
  enum class Target { standard_error, syslog };
  enum class Level { debug, info, warning, error };
  Target target = Target::standard_error;
  Level level = Level::info;
};

}  // namespace sluice::observe

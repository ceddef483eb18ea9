// Why a text of the configuration is no schedule: what stands there, and what could.
#pragma once

#include <string>

namespace sluice::schedule {

struct Misreading {
  std::string found;
  std::string expected;
  friend bool operator==(const Misreading&, const Misreading&) = default;
};

}  // namespace sluice::schedule

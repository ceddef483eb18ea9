// The one clock that the programs hand to everything that must know the time.
#pragma once

#include <chrono>

#include "record/time.h"

namespace sluice::installation {

[[nodiscard]] inline record::Time system_now() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

}  // namespace sluice::installation

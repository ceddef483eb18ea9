// What a fuzz target holds to be true whatever the input.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace sluice::fuzz {

inline void demand(bool holds, const char* property) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", property);
  std::abort();
}

}  // namespace sluice::fuzz

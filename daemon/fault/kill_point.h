// Named places at which the fault tests kill a program, to prove that nothing acknowledged is lost.
// Compiled to nothing unless SLUICE_FAULT_POINTS is defined; a release never defines it.
#pragma once

#ifdef SLUICE_FAULT_POINTS

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <cstring>

namespace sluice::fault {

// SLUICE_KILL_AT=name or name:n kills at the n-th time (from 1) that the point is passed.
inline void kill_point(const char* name) {
  static const char* const wanted =
      std::getenv("SLUICE_KILL_AT");  // NOLINT(concurrency-mt-unsafe): never set by us
  if (wanted == nullptr) return;
  const char* colon = std::strchr(wanted, ':');
  const std::size_t length =
      colon != nullptr ? static_cast<std::size_t>(colon - wanted) : std::strlen(wanted);
  if (std::strlen(name) != length || std::strncmp(name, wanted, length) != 0) return;
  static std::atomic<long> passed{0};
  const long at = colon != nullptr ? std::strtol(colon + 1, nullptr, 10) : 1;
  if (++passed == at) std::raise(SIGKILL);
}

}  // namespace sluice::fault

#define SLUICE_KILL_POINT(name) ::sluice::fault::kill_point(name)
#else
#define SLUICE_KILL_POINT(name) static_cast<void>(0)
#endif

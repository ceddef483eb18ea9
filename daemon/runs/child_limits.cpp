#include "runs/child_limits.h"

#include <sys/resource.h>

namespace sluice::runs {
namespace {

// Seconds between SIGXCPU, which says what it is for, and SIGKILL.
constexpr std::uint64_t cpu_grace = 5;

void limit_child(pid_t child, __rlimit_resource resource, std::uint64_t most,
                 std::uint64_t beyond = 0) {
  if (most == 0) return;
  const rlimit limits{most, most + beyond};
  // The child may have ended already: then there is nothing to limit.
  static_cast<void>(prlimit(child, resource, &limits, nullptr));
}

}  // namespace

void set_limits(pid_t child, const ChildLimits& limits) {
  limit_child(child, RLIMIT_CPU, static_cast<std::uint64_t>(limits.cpu.count()), cpu_grace);
  limit_child(child, RLIMIT_DATA, limits.memory_bytes);
}

}  // namespace sluice::runs

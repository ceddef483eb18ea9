// Which process holds a lock of a file (flock), as the kernel tells it: to try the lock would keep
// out, for a moment, whoever is to have it.
#pragma once

#include <filesystem>
#include <optional>

#include <sys/types.h>

namespace sluice::doctor {

// `locks` is /proc/locks. Nothing: nobody holds it, or there is no such file. 0: a process of
// another container.
[[nodiscard]] std::optional<pid_t> lock_holder(const std::filesystem::path& file,
                                               const std::filesystem::path& locks);

}  // namespace sluice::doctor

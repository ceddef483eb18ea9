// Which process holds a lock of a file (flock), as the kernel tells it: to try the lock would keep
// out, for a moment, whoever is to have it.
#pragma once

#include <filesystem>
#include <optional>

#include <sys/types.h>

namespace sluice::doctor {

// It can not be told which process, or whether one does: it is another container's, or on a file
// system that the kernel numbers otherwise there (btrfs, overlays) and another user's.
inline constexpr pid_t unknown_holder = 0;

// `locks` is /proc/locks; beside it lie the processes' directories. Nothing: nobody holds it, or
// there is no such file.
[[nodiscard]] std::optional<pid_t> lock_holder(const std::filesystem::path& file,
                                               const std::filesystem::path& locks);

}  // namespace sluice::doctor

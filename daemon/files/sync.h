// What the system owes us of a file before anybody is told that something is durable.
#pragma once

#include <filesystem>

namespace sluice::files {

// Whether what a file or a directory holds is on the disk now: a new file's name is its directory's
// to keep. Blocks. False: errno says why.
[[nodiscard]] bool sync(const std::filesystem::path& path);

}  // namespace sluice::files

// The files of this folder that the program carries: it needs none of them on the disk.
#pragma once

#include <span>

#include "embedded/embedded_file.h"

namespace sluice::pages {

// All that CMakeLists.txt lists.
[[nodiscard]] std::span<const EmbeddedFile> embedded_files();

}  // namespace sluice::pages

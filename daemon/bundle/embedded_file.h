// The JSON Schemas of node.yaml and of a bureau's file, which the program carries.
#pragma once

#include <span>

#include "embedded/embedded_file.h"

namespace sluice::bundle {

// All that CMakeLists.txt lists.
[[nodiscard]] std::span<const EmbeddedFile> embedded_files();

}  // namespace sluice::bundle

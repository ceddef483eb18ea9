// The JSON Schemas of node.yaml and of a bureau's file, which the program carries.
#pragma once

#include <span>
#include <string_view>

namespace sluice::bundle {

struct EmbeddedFile {
  std::string_view name;  // "node.schema.json"
  std::string_view bytes;
};

// All that CMakeLists.txt lists.
[[nodiscard]] std::span<const EmbeddedFile> embedded_files();

}  // namespace sluice::bundle

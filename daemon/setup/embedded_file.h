// The templates of this folder that the program carries: it needs none of them on the disk.
#pragma once

#include <span>
#include <string_view>

namespace sluice::setup {

struct EmbeddedFile {
  std::string_view name;  // "front-end/node.yaml"
  std::string_view bytes;
};

// All that CMakeLists.txt lists. Made by sluice_embed_files().
[[nodiscard]] std::span<const EmbeddedFile> embedded_files();

}  // namespace sluice::setup

// What the programs carry of files that lie in the tree beside the code that needs them:
// sluice_embed_files() (CMakeLists.txt) makes embedded_files() of a folder's, which that folder
// declares in its own embedded_file.h.
#pragma once

#include <string_view>

namespace sluice {

struct EmbeddedFile {
  std::string_view name;  // below its folder: "templates/overview.mustache"
  std::string_view bytes;
};

}  // namespace sluice

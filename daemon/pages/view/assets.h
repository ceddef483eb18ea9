// The style sheet, the scripts and the icon, under names that change with their content: a browser
// may keep each for ever.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pages/view/embedded_file.h"

namespace sluice::pages {

struct Asset {
  std::string name;  // "style.css"
  std::string path;  // "/assets/style.0123456789abcdef.css": with the first digits of its SHA-256
  std::string_view media_type;
  std::string_view bytes;  // static
  std::string gzipped;
};

// Thread-safe.
class Assets {
 public:
  explicit Assets(std::span<const EmbeddedFile> files);

  [[nodiscard]] const std::vector<Asset>& all() const { return assets_; }
  // Throws std::logic_error where there is none: the names are the program's own.
  [[nodiscard]] const std::string& path_of(std::string_view name) const;

 private:
  std::vector<Asset> assets_;
};

}  // namespace sluice::pages

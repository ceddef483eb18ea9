#include "pages/view/assets.h"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "pages/view/gzip.h"
#include "record/digest.h"

namespace sluice::pages {
namespace {

constexpr std::string_view assets_folder = "assets/";

constexpr std::array<std::pair<std::string_view, std::string_view>, 3> media_types = {{
    {".css", "text/css; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".svg", "image/svg+xml"},
}};

// "style.0123456789abcdef.css"
std::string name_with_digest(std::string_view name, std::string_view bytes) {
  constexpr std::size_t digits = 16;
  const std::string digest = record::to_string(record::sha256(bytes));
  const std::size_t dot = name.rfind('.');
  return fmt::format("{}.{}{}", name.substr(0, dot),
                     std::string_view(digest).substr(digest.find(':') + 1, digits),
                     name.substr(dot));
}

}  // namespace

Assets::Assets(std::span<const EmbeddedFile> files) {
  for (const EmbeddedFile& file : files) {
    if (!file.name.starts_with(assets_folder)) continue;
    const std::string_view name = file.name.substr(assets_folder.size());
    const auto* type = std::ranges::find_if(
        media_types, [name](const auto& known) { return name.ends_with(known.first); });
    if (type == media_types.end())
      throw std::logic_error(fmt::format("no media type is known of the asset {}", name));
    assets_.push_back({.name = std::string(name),
                       .path = "/assets/" + name_with_digest(name, file.bytes),
                       .media_type = type->second,
                       .bytes = file.bytes,
                       .gzipped = gzip(file.bytes)});
  }
}

const std::string& Assets::path_of(std::string_view name) const {
  const auto found = std::ranges::find(assets_, name, &Asset::name);
  if (found == assets_.end()) throw std::logic_error(fmt::format("there is no asset {}", name));
  return found->path;
}

}  // namespace sluice::pages

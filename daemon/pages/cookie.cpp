#include "pages/cookie.h"

#include <algorithm>

#include <fmt/format.h>

namespace sluice::pages {

std::optional<std::string_view> find_cookie(std::string_view field, std::string_view name) {
  while (!field.empty()) {
    const std::size_t end = std::min(field.find(';'), field.size());
    std::string_view pair = field.substr(0, end);
    field.remove_prefix(std::min(end + 1, field.size()));
    while (pair.starts_with(' '))
      pair.remove_prefix(1);
    const std::size_t equals = pair.find('=');
    if (equals != std::string_view::npos && pair.substr(0, equals) == name) {
      return pair.substr(equals + 1);
    }
  }
  return std::nullopt;
}

std::pair<std::string, std::string> set_cookie(std::string_view name, std::string_view value,
                                               SameSite same_site,
                                               std::optional<std::chrono::seconds> age) {
  std::string field = fmt::format("{}={}; Path=/; Secure; HttpOnly; SameSite={}", name, value,
                                  same_site == SameSite::strict ? "Strict" : "Lax");
  if (age) field += fmt::format("; Max-Age={}", age->count());
  return {"Set-Cookie", std::move(field)};
}

}  // namespace sluice::pages

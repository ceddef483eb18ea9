#include "pages/cookie.h"

#include <fmt/format.h>

#include "server/ascii.h"

namespace sluice::pages {

std::optional<std::string_view> find_cookie(std::string_view field, std::string_view name) {
  while (!field.empty()) {
    std::string_view pair = server::take_piece(field, ';');
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

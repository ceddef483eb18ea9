#include "settings/subject_notation.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace sluice::settings {
namespace {

std::string_view without_spaces_around(std::string_view text) {
  const std::size_t begin = std::min(text.find_first_not_of(' '), text.size());
  text.remove_prefix(begin);
  // A space behind a backslash belongs to the value.
  while (text.ends_with(' ') && !text.ends_with("\\ "))
    text.remove_suffix(1);
  return text;
}

// At each `mark` that no backslash takes away.
std::vector<std::string_view> split(std::string_view text, char mark) {
  std::vector<std::string_view> parts;
  std::size_t begin = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (text[at] == mark) {
      parts.push_back(text.substr(begin, at - begin));
      begin = at + 1;
    }
  }
  parts.push_back(text.substr(std::min(begin, text.size())));
  return parts;
}

// `CN = park` as `CN=park`; nothing where there is no type in front of an equals sign.
std::optional<std::string> attribute(std::string_view part) {
  const std::size_t equals = part.find('=');
  if (equals == std::string_view::npos) return std::nullopt;
  const std::string_view type = without_spaces_around(part.substr(0, equals));
  if (type.empty() || type.contains(' ')) return std::nullopt;
  return fmt::format("{}={}", type, without_spaces_around(part.substr(equals + 1)));
}

}  // namespace

std::optional<std::string> in_rfc_2253(std::string_view subject) {
  const bool is_of_slashes = subject.starts_with('/');
  if (is_of_slashes) subject.remove_prefix(1);
  std::vector<std::string> attributes;
  for (const std::string_view part : split(subject, is_of_slashes ? '/' : ',')) {
    auto one = attribute(part);
    if (!one) return std::nullopt;
    attributes.push_back(std::move(*one));
  }
  // In the order of the certificate, of which RFC 2253's is the reverse: who writes spaces around
  // the equals sign is `openssl x509 -subject`.
  const std::size_t equals = subject.find('=');
  const bool is_spaced = equals > 0 && equals < subject.size() && subject[equals - 1] == ' ';
  if (is_of_slashes || is_spaced) std::ranges::reverse(attributes);
  std::string written = fmt::format("{}", fmt::join(attributes, ","));
  const bool is_other = is_of_slashes || written != subject;
  return is_other ? std::optional(std::move(written)) : std::nullopt;
}

}  // namespace sluice::settings

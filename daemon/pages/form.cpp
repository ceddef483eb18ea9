#include "pages/form.h"

#include <algorithm>
#include <charconv>

#include <boost/url/parse_query.hpp>

#include "record/copy_text.h"

namespace sluice::pages {
namespace {

namespace urls = boost::urls;

std::string decoded(urls::pct_string_view text) {
  urls::encoding_opts options;
  options.space_as_plus = true;
  return text.decode(options);
}

}  // namespace

std::expected<Form, record::Flaw> Form::parse(std::string_view text) {
  Form form;
  if (text.empty()) return form;
  const auto query = urls::parse_query(text);
  if (!query) return std::unexpected(record::Flaw{"not application/x-www-form-urlencoded"});
  if (query->size() > most_fields) {
    return std::unexpected(record::Flaw{"more than 1000 fields"});
  }
  for (const auto& field : *query) {
    auto& [name, value] = form.fields_.emplace_back(decoded(field.key), decoded(field.value));
    if (!record::is_valid_utf8(name) || !record::is_valid_utf8(value)) {
      return std::unexpected(record::Flaw{"a field is not UTF-8"});
    }
  }
  return form;
}

std::string_view Form::value(std::string_view name) const {
  const auto found = std::ranges::find(
      fields_, name, [](const auto& field) -> std::string_view { return field.first; });
  return found == fields_.end() ? std::string_view() : std::string_view(found->second);
}

bool Form::has(std::string_view name) const {
  return std::ranges::any_of(fields_, [&](const auto& field) { return field.first == name; });
}

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 0) return std::nullopt;
  return number;
}

}  // namespace sluice::pages

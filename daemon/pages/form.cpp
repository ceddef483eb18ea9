#include "pages/form.h"

#include <algorithm>
#include <charconv>

#include "record/record_checker.h"
#include "server/ascii.h"

namespace sluice::pages {
namespace {

// What a browser's forms leave, and what else a link may have (RFC 3986, 3.4).
bool is_left_as_it_is(char c) {
  return server::is_letter(c) || server::is_digit(c) ||
         std::string_view("*-._~!'()/:,;@$?").contains(c);
}

// Nothing: not encoded as browsers encode. (Boost.URL 1.81 reads beyond a view that ends before its
// memory does.)
std::optional<std::string> decoded(std::string_view text) {
  std::string bytes;
  bytes.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') {
      bytes.push_back(' ');
    } else if (text[i] == '%') {
      const int byte = server::encoded_byte(text, i);
      if (byte < 0) return std::nullopt;
      bytes.push_back(static_cast<char>(byte));
      i += 2;
    } else if (is_left_as_it_is(text[i])) {
      bytes.push_back(text[i]);
    } else {
      return std::nullopt;
    }
  }
  return bytes;
}

std::unexpected<record::Flaw> misread(const char* what) {
  return std::unexpected(record::Flaw{what});
}

}  // namespace

std::expected<Form, record::Flaw> Form::parse(std::string_view text) {
  Form form;
  while (!text.empty()) {
    std::string_view value = server::take_piece(text, '&');
    const std::string_view name = server::take_piece(value, '=');
    auto decoded_name = decoded(name);
    auto decoded_value = decoded(value);
    if (!decoded_name || !decoded_value) return misread("not application/x-www-form-urlencoded");
    if (!record::is_valid_utf8(*decoded_name) || !record::is_valid_utf8(*decoded_value)) {
      return misread("a field is not UTF-8");
    }
    if (form.fields_.size() == most_fields) return misread("more than 1000 fields");
    form.fields_.emplace_back(std::move(*decoded_name), std::move(*decoded_value));
  }
  return form;
}

Form Form::of(std::vector<std::pair<std::string, std::string>> fields) {
  Form form;
  form.fields_ = std::move(fields);
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

// What a browser sends of a form, and what stands behind the `?` of a link: names with values.
#pragma once

#include <cstddef>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "record/failure.h"

namespace sluice::pages {

// As they were typed: any bytes of valid UTF-8, line ends as CR LF as browsers send them. What a
// field may hold, its page says.
class Form {
 public:
  static constexpr std::size_t most_fields = 1000;

  // application/x-www-form-urlencoded (WHATWG URL, 5.1). Empty text: an empty form. The flaw is for
  // who wrote the client: browsers send no such thing.
  [[nodiscard]] static std::expected<Form, record::Flaw> parse(std::string_view text);

  // As another reader found them (multipart.h), which holds to the same bounds.
  [[nodiscard]] static Form of(std::vector<std::pair<std::string, std::string>> fields);

  // The first of that name; empty where there is none.
  [[nodiscard]] std::string_view value(std::string_view name) const;
  [[nodiscard]] bool has(std::string_view name) const;
  // In their order.
  [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& fields() const {
    return fields_;
  }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

// The value of a query's or form's text that is a whole number from 0 to 2^63-1; nothing: it is
// none.
[[nodiscard]] std::optional<std::int64_t> whole_number(std::string_view text);

}  // namespace sluice::pages

// How a value of each type is written: reads what a source wrote, gives the one canonical text.
// Each function returns a view of `text` or `buffer`, or nothing where the text is not of the type.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

#include "record/table_schema.h"

namespace sluice::record::syntax {

using Canonical = std::optional<std::string_view>;

// Sign, digits; fits in 64 bits. No leading zeros, no plus.
[[nodiscard]] Canonical integer(std::string_view text, const Field& field, std::string& buffer);
// Decimal, exact: no float on the way. No leading or trailing zeros, no exponent, no plus.
// At most max_number_digits digits on either side of the point.
[[nodiscard]] Canonical number(std::string_view text, const Field& field, std::string& buffer);
inline constexpr int max_number_digits = 300;
[[nodiscard]] Canonical boolean(std::string_view text, const Field& field);  // "t", "f"
[[nodiscard]] Canonical date(std::string_view text);                         // 2026-11-23
[[nodiscard]] Canonical time(std::string_view text,
                             std::string& buffer);  // 04:44:00, at most microseconds
// RFC 3339 with an offset, to UTC: 2026-11-23T04:44:00Z, at most microseconds.
[[nodiscard]] Canonical datetime(std::string_view text, std::string& buffer);
[[nodiscard]] Canonical year(std::string_view text);       // 0001 to 9999
[[nodiscard]] Canonical yearmonth(std::string_view text);  // 2026-11
[[nodiscard]] Canonical duration(std::string_view text);   // ISO 8601, as written
[[nodiscard]] Canonical formatted(std::string_view text, StringFormat format, std::string& buffer);

// Orders two canonical texts of a type that has an order.
[[nodiscard]] std::strong_ordering compare(FieldType type, std::string_view left,
                                           std::string_view right);

[[nodiscard]] std::size_t code_points(std::string_view utf8);

}  // namespace sluice::record::syntax

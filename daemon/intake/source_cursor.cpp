#include "intake/source_cursor.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

namespace sluice::intake {

std::string to_string(const SourceCursor& cursor) {
  return fmt::format("rows={} accepted={} quarantined={} copies={}{} {}", cursor.rows,
                     cursor.accepted, cursor.quarantined, cursor.copies,
                     cursor.read ? " read=" + record::to_string(*cursor.read) : "",
                     cursor.complete ? "complete" : "partial");
}

std::optional<SourceCursor> parse_source_cursor(std::string_view text) {
  SourceCursor cursor;
  const auto number = [&](std::string_view name, std::uint64_t& value) {
    if (!text.starts_with(name)) return false;
    text.remove_prefix(name.size());
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{}) return false;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return true;
  };
  if (!number("rows=", cursor.rows) || !number(" accepted=", cursor.accepted) ||
      !number(" quarantined=", cursor.quarantined)) {
    return std::nullopt;
  }
  // Cursors of files that were begun before copies were counted have no such part.
  if (text.starts_with(" copies=") && !number(" copies=", cursor.copies)) return std::nullopt;
  // Nor had those of files that were begun before what was read was remembered.
  constexpr std::string_view read = " read=";
  constexpr std::size_t digits = 32;
  if (text.starts_with(read)) {
    cursor.read = record::parse_row_digest(text.substr(read.size(), digits));
    if (!cursor.read) return std::nullopt;
    text.remove_prefix(std::min(text.size(), read.size() + digits));
  }
  cursor.complete = text == " complete";
  if (!cursor.complete && text != " partial") return std::nullopt;
  return cursor;
}

}  // namespace sluice::intake

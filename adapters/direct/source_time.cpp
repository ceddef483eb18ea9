#include "adapters/direct/source_time.h"

#include <algorithm>
#include <optional>

#include "record/value_syntax.h"

namespace sluice::adapters::direct {
namespace {

constexpr std::string_view digits = "0123456789";
constexpr std::size_t most_fraction_digits = 6;

// `text` without the digits of its second that are too many; nothing: there are none such.
std::optional<std::string> shortened(std::string_view text) {
  const std::size_t point = text.find('.');
  if (point == std::string_view::npos) return std::nullopt;
  const std::size_t begin = point + 1;
  const std::size_t end = std::min(text.find_first_not_of(digits, begin), text.size());
  if (end - begin <= most_fraction_digits) return std::nullopt;
  return std::string(text.substr(0, begin + most_fraction_digits)) + std::string(text.substr(end));
}

}  // namespace

std::expected<std::string_view, record::Flaw> source_time(std::string_view text,
                                                          std::string& buffer) {
  const auto shorter = shortened(text);
  const auto time = record::syntax::datetime(shorter ? std::string_view(*shorter) : text, buffer);
  if (!time) {
    return std::unexpected(record::Flaw{
        "the time at the source is not an RFC 3339 date and time; expected one such as "
        "2026-11-23T12:44:00+08:00"});
  }
  if (!shorter || time->data() == buffer.data()) return *time;
  return buffer.assign(*time);
}

}  // namespace sluice::adapters::direct

#include "intake/conversion.h"

#include <chrono>
#include <ctime>

#include <fmt/format.h>

#include "record/try.h"

namespace sluice::intake {
namespace {

using Converted = std::expected<std::string_view, record::Violation>;

constexpr std::string_view ideographic_space = "\xE3\x80\x80";  // U+3000
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";  // U+FEFF, left inside by some exports

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

std::string_view trim(std::string_view text) {
  while (!text.empty()) {
    if (is_space(text.front())) {
      text.remove_prefix(1);
    } else if (text.starts_with(ideographic_space) || text.starts_with(byte_order_mark)) {
      text.remove_prefix(3);
    } else {
      break;
    }
  }
  while (!text.empty()) {
    if (is_space(text.back())) {
      text.remove_suffix(1);
    } else if (text.ends_with(ideographic_space)) {
      text.remove_suffix(3);
    } else {
      break;
    }
  }
  return text;
}

// U+FF01 … U+FF5E are EF BC 81 … EF BD 9E in UTF-8 and stand for U+0021 … U+007E.
char half_width_of(std::string_view text) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  if (text.size() < 3) return '\0';
  if (text.starts_with(ideographic_space)) return ' ';
  if (byte(0) != 0xEF) return '\0';
  if (byte(1) == 0xBC && byte(2) >= 0x81 && byte(2) <= 0xBF)
    return static_cast<char>(byte(2) - 0x60);
  if (byte(1) == 0xBD && byte(2) >= 0x80 && byte(2) <= 0x9E)
    return static_cast<char>(byte(2) - 0x20);
  return '\0';
}

std::string_view half_width(std::string_view text, std::string& buffer) {
  const auto wide_byte = [](char c) { return c == '\xEF' || c == '\xE3'; };
  std::size_t at = 0;
  while (at < text.size() && (!wide_byte(text[at]) || half_width_of(text.substr(at)) == '\0'))
    ++at;
  if (at == text.size()) return text;
  buffer.assign(text, 0, at);
  while (at < text.size()) {
    const char narrow = wide_byte(text[at]) ? half_width_of(text.substr(at)) : '\0';
    buffer += narrow != '\0' ? narrow : text[at];
    at += narrow != '\0' ? 3 : 1;
  }
  return buffer;
}

std::string_view upper_case(std::string_view text, std::string& buffer) {
  buffer.assign(text);
  for (char& c : buffer) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return buffer;
}

Converted date(const std::string& format, std::string_view text, std::string& buffer) {
  const auto refused = [&] {
    return std::unexpected(
        record::Violation{"date", fmt::format("expected a real date written as {}", format)});
  };
  const std::string terminated(text);
  std::tm parts{};
  parts.tm_mday = 1;
  // China Standard Time, where the format does not say.
  parts.tm_gmtoff = std::chrono::seconds(std::chrono::hours(8)).count();
  const char* end = strptime(terminated.c_str(), format.c_str(), &parts);
  if (end == nullptr || *end != '\0') return refused();
  const std::chrono::year_month_day day(std::chrono::year(parts.tm_year + 1900),
                                        std::chrono::month(static_cast<unsigned>(parts.tm_mon + 1)),
                                        std::chrono::day(static_cast<unsigned>(parts.tm_mday)));
  if (!day.ok() || parts.tm_year + 1900 < 1 || parts.tm_year + 1900 > 9999) return refused();
  buffer = fmt::format("{:04}-{:02}-{:02}", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday);
  const bool has_time =
      format.find("%H") != std::string::npos || format.find("%I") != std::string::npos ||
      format.find("%T") != std::string::npos || format.find("%R") != std::string::npos;
  if (has_time) {
    const long offset = parts.tm_gmtoff / 60;
    buffer +=
        fmt::format("T{:02}:{:02}:{:02}{}{:02}:{:02}", parts.tm_hour, parts.tm_min, parts.tm_sec,
                    offset < 0 ? '-' : '+', std::abs(offset) / 60, std::abs(offset) % 60);
  }
  return buffer;
}

Converted code(const step::CodeTable& table, std::string_view text, std::string& buffer) {
  buffer.assign(text);
  const auto found = table.codes.find(buffer);
  if (found == table.codes.end()) {
    return std::unexpected(record::Violation{
        "codes",
        "it is not in the field's code table; add it to the configuration, or correct it"});
  }
  return found->second;
}

template <class... Visitors>
struct Overloaded : Visitors... {
  using Visitors::operator()...;
};

}  // namespace

Converted convert(const Step& step, std::string_view text, std::string& buffer) {
  return std::visit(
      Overloaded{
          [&](const step::Trim&) -> Converted { return trim(text); },
          [&](const step::HalfWidth&) -> Converted { return half_width(text, buffer); },
          [&](const step::UpperCase&) -> Converted { return upper_case(text, buffer); },
          [&](const step::DateFormat& date_format) -> Converted {
            return date(date_format.format, text, buffer);
          },
          [&](const step::CodeTable& table) -> Converted { return code(table, text, buffer); },
          [&](const step::Amount&) -> Converted {
            auto money = SLUICE_TRY(read_money(text));
            buffer = std::move(money.amount);
            return buffer;
          },
          [&](const step::Currency&) -> Converted {
            const auto money = SLUICE_TRY(read_money(text));
            return money.currency;
          },
      },
      step);
}

}  // namespace sluice::intake

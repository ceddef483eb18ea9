#include "record/value_syntax.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>

#include <fmt/compile.h>
#include <fmt/format.h>

namespace sluice::record::syntax {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool all_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_digit);
}

// The value of `count` digits at `at`; -1 where they are not digits.
int digits(std::string_view text, std::size_t at, std::size_t count) {
  if (at + count > text.size()) return -1;
  int value = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    if (!is_digit(text[i])) return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

std::optional<std::chrono::year_month_day> day_at_front(std::string_view text) {
  if (text.size() < 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const int y = digits(text, 0, 4);
  const int m = digits(text, 5, 2);
  const int d = digits(text, 8, 2);
  if (y < 1 || m < 1 || d < 1) return std::nullopt;
  const std::chrono::year_month_day day(std::chrono::year(y),
                                        std::chrono::month(static_cast<unsigned>(m)),
                                        std::chrono::day(static_cast<unsigned>(d)));
  if (!day.ok()) return std::nullopt;
  return day;
}

struct Clock {
  std::chrono::seconds since_midnight{};
  std::string_view fraction;  // digits without trailing zeros; at most six
  std::string_view rest;      // what follows
};

std::optional<Clock> clock_at_front(std::string_view text) {
  if (text.size() < 8 || text[2] != ':' || text[5] != ':') return std::nullopt;
  const int h = digits(text, 0, 2);
  const int m = digits(text, 3, 2);
  const int s = digits(text, 6, 2);
  if (h < 0 || h > 23 || m < 0 || m > 59 || s < 0 || s > 59) return std::nullopt;
  Clock clock{std::chrono::hours(h) + std::chrono::minutes(m) + std::chrono::seconds(s),
              {},
              text.substr(8)};
  if (clock.rest.starts_with('.')) {
    const auto end = std::find_if_not(clock.rest.begin() + 1, clock.rest.end(), is_digit);
    clock.fraction = {clock.rest.begin() + 1, end};
    clock.rest = {end, clock.rest.end()};
    if (clock.fraction.empty()) return std::nullopt;
    clock.fraction = clock.fraction.substr(0, clock.fraction.find_last_not_of('0') + 1);
    if (clock.fraction.size() > 6) return std::nullopt;
  }
  return clock;
}

std::optional<std::chrono::minutes> offset(std::string_view text) {
  if (text == "Z" || text == "z") return std::chrono::minutes(0);
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return std::nullopt;
  const int h = digits(text, 1, 2);
  const int m = digits(text, 4, 2);
  if (h < 0 || h > 14 || m < 0 || m > 59) return std::nullopt;
  const std::chrono::minutes size = std::chrono::hours(h) + std::chrono::minutes(m);
  return text[0] == '-' ? -size : size;
}

void append_fraction(std::string& out, std::string_view fraction) {
  if (fraction.empty()) return;
  out += '.';
  out += fraction;
}

// A grouping mark stands between digits; how many digits a group has is the source's custom.
bool groups_at_front(std::string_view text, std::string_view group) {
  return !group.empty() && text.starts_with(group) && text.size() > group.size() &&
         is_digit(text[group.size()]);
}

// Whether a date and time that is right is in its one form already: the center reads little else.
bool is_canonical_datetime(std::string_view text, std::string_view fraction) {
  constexpr std::size_t without_fraction = 20;
  const std::size_t size = without_fraction + (fraction.empty() ? 0 : 1 + fraction.size());
  return text.size() == size && text[10] == 'T' && text.back() == 'Z';
}

// The same of a number: no plus, exponent or needless zero.
bool is_canonical_decimal(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const std::string_view whole = text.substr(0, text.find('.'));
  if (!all_digits(whole) || whole.size() > max_number_digits) return false;
  if (whole.size() > 1 && whole.front() == '0') return false;
  if (whole.size() == text.size()) return !negative || whole != "0";
  const std::string_view fraction = text.substr(whole.size() + 1);
  return all_digits(fraction) && fraction.size() <= max_number_digits && fraction.back() != '0';
}

// Digits of a decimal before normalising: what stands before the point, after it, and the power of
// ten that moves the point.
struct Decimal {
  bool negative = false;
  std::string digits;
  std::int64_t point = 0;  // digits before the decimal point
};

std::optional<Decimal> read_decimal(std::string_view text, const Field& field) {
  Decimal decimal;
  if (text.starts_with('-') || text.starts_with('+')) {
    decimal.negative = text.front() == '-';
    text.remove_prefix(1);
  }
  bool seen_point = false;
  bool after_digit = false;
  while (!text.empty()) {
    if (is_digit(text.front())) {
      decimal.digits += text.front();
      if (!seen_point) ++decimal.point;
      text.remove_prefix(1);
      after_digit = true;
    } else if (text.front() == field.decimal_char && !seen_point) {
      seen_point = true;
      text.remove_prefix(1);
    } else if (!seen_point && after_digit && groups_at_front(text, field.group_char)) {
      text.remove_prefix(field.group_char.size());
      after_digit = false;
    } else {
      break;
    }
  }
  if (decimal.digits.empty()) return std::nullopt;
  if (!text.empty()) {
    if (text.front() != 'e' && text.front() != 'E') return std::nullopt;
    text.remove_prefix(1);
    if (text.starts_with('+')) {
      text.remove_prefix(1);
      if (text.starts_with('-')) return std::nullopt;
    }
    int exponent = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), exponent);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    decimal.point += exponent;
  }
  return decimal;
}

std::strong_ordering compare_numbers(std::string_view left, std::string_view right) {
  const bool left_negative = left.starts_with('-');
  const bool right_negative = right.starts_with('-');
  if (left_negative != right_negative) {
    return left_negative ? std::strong_ordering::less : std::strong_ordering::greater;
  }
  if (left_negative) {
    std::swap(left, right);
    left.remove_prefix(1);
    right.remove_prefix(1);
  }
  const std::string_view left_whole = left.substr(0, left.find('.'));
  const std::string_view right_whole = right.substr(0, right.find('.'));
  if (left_whole.size() != right_whole.size()) return left_whole.size() <=> right_whole.size();
  return left <=> right;
}

bool is_base64(std::string_view text) {
  if (text.size() % 4 != 0) return false;
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with("=") ? 1 : 0;
  return std::ranges::all_of(text.substr(0, text.size() - padding), [](char c) {
    return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '+' || c == '/';
  });
}

Canonical uuid(std::string_view text, std::string& buffer) {
  if (text.size() != 36) return std::nullopt;
  buffer.clear();
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    const bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
    if (c >= 'A' && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
    const bool fits = hyphen ? c == '-' : is_digit(c) || (c >= 'a' && c <= 'f');
    if (!fits) return std::nullopt;
    buffer += c;
  }
  return buffer;
}

bool is_email(std::string_view text) {
  const std::size_t at = text.find('@');
  return at != std::string_view::npos && at > 0 && at == text.rfind('@') &&
         text.find('.', at) != std::string_view::npos && !text.ends_with('.') &&
         text[at + 1] != '.' && text.find_first_of(" \t\r\n<>,;") == std::string_view::npos;
}

bool is_uri(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == 0 || colon == std::string_view::npos) return false;
  const auto letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); };
  const auto scheme = [&](char c) {
    return letter(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
  };
  return letter(text.front()) && std::ranges::all_of(text.substr(0, colon), scheme) &&
         text.find_first_of(" \t\r\n<>\"{}|\\^`") == std::string_view::npos;
}

}  // namespace

Canonical integer(std::string_view text, const Field& field, std::string& buffer) {
  std::string_view plain = text;
  if (!field.group_char.empty() && text.find(field.group_char) != std::string_view::npos) {
    buffer.clear();
    for (std::size_t at = 0; at < text.size();) {
      if (at > 0 && is_digit(text[at - 1]) && groups_at_front(text.substr(at), field.group_char)) {
        at += field.group_char.size();
      } else {
        buffer += text[at++];
      }
    }
    plain = buffer;
  }
  if (plain.starts_with('+')) {
    plain.remove_prefix(1);
    if (plain.starts_with('-')) return std::nullopt;
  }
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(plain.data(), plain.data() + plain.size(), value);
  if (error != std::errc{} || end != plain.data() + plain.size()) return std::nullopt;
  const std::string_view magnitude = plain.substr(plain.starts_with('-') ? 1 : 0);
  const bool canonical = magnitude == "0" ? plain == "0" : magnitude.front() != '0';
  if (canonical) return plain;
  buffer = fmt::format(FMT_COMPILE("{}"), value);
  return buffer;
}

Canonical number(std::string_view text, const Field& field, std::string& buffer) {
  if (field.decimal_char == '.' && is_canonical_decimal(text)) return text;
  auto decimal = read_decimal(text, field);
  if (!decimal) return std::nullopt;
  std::string& all = decimal->digits;
  const std::size_t leading = std::min(all.find_first_not_of('0'), all.size());
  all.erase(0, leading);
  decimal->point -= static_cast<std::int64_t>(leading);
  all.erase(all.find_last_not_of('0') + 1);
  if (all.empty()) return "0";
  const auto count = static_cast<std::int64_t>(all.size());
  if (decimal->point > max_number_digits || count - decimal->point > max_number_digits) {
    return std::nullopt;
  }
  buffer.clear();
  if (decimal->negative) buffer += '-';
  if (decimal->point <= 0) {
    buffer += "0.";
    buffer.append(static_cast<std::size_t>(-decimal->point), '0');
    buffer += all;
  } else if (decimal->point >= count) {
    buffer += all;
    buffer.append(static_cast<std::size_t>(decimal->point - count), '0');
  } else {
    buffer.append(all, 0, static_cast<std::size_t>(decimal->point));
    buffer += '.';
    buffer.append(all, static_cast<std::size_t>(decimal->point));
  }
  return buffer;
}

Canonical boolean(std::string_view text, const Field& field) {
  if (std::ranges::find(field.true_values, text) != field.true_values.end()) return "t";
  if (std::ranges::find(field.false_values, text) != field.false_values.end()) return "f";
  return std::nullopt;
}

Canonical date(std::string_view text) {
  if (text.size() != 10 || !day_at_front(text)) return std::nullopt;
  return text;
}

Canonical time(std::string_view text, std::string& buffer) {
  const auto clock = clock_at_front(text);
  if (!clock || !clock->rest.empty()) return std::nullopt;
  buffer.assign(text, 0, 8);
  append_fraction(buffer, clock->fraction);
  return buffer;
}

Canonical datetime(std::string_view text, std::string& buffer) {
  const auto day = day_at_front(text);
  if (!day || text.size() < 20 || (text[10] != 'T' && text[10] != 't' && text[10] != ' ')) {
    return std::nullopt;
  }
  const auto clock = clock_at_front(text.substr(11));
  if (!clock) return std::nullopt;
  const auto shift = offset(clock->rest);
  if (!shift) return std::nullopt;
  if (is_canonical_datetime(text, clock->fraction)) return text;
  const std::chrono::sys_seconds moment =
      std::chrono::sys_days(*day) + clock->since_midnight - *shift;
  const auto utc_day = std::chrono::floor<std::chrono::days>(moment);
  const std::chrono::year_month_day utc(utc_day);
  if (utc.year() < std::chrono::year(1) || utc.year() > std::chrono::year(9999)) {
    return std::nullopt;
  }
  const std::chrono::hh_mm_ss parts(moment - utc_day);
  buffer.clear();
  fmt::format_to(std::back_inserter(buffer), FMT_COMPILE("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}"),
                 static_cast<int>(utc.year()), static_cast<unsigned>(utc.month()),
                 static_cast<unsigned>(utc.day()), parts.hours().count(), parts.minutes().count(),
                 parts.seconds().count());
  append_fraction(buffer, clock->fraction);
  buffer += 'Z';
  return buffer;
}

Canonical year(std::string_view text) {
  if (text.size() != 4 || !all_digits(text) || text == "0000") return std::nullopt;
  return text;
}

Canonical yearmonth(std::string_view text) {
  const int month = digits(text, 5, 2);
  if (text.size() != 7 || text[4] != '-' || !year(text.substr(0, 4)) || month < 1 || month > 12) {
    return std::nullopt;
  }
  return text;
}

Canonical duration(std::string_view text) {
  std::string_view rest = text;
  if (rest.starts_with('-')) rest.remove_prefix(1);
  if (!rest.starts_with('P') || rest.size() < 3) return std::nullopt;
  rest.remove_prefix(1);
  std::string_view units = "YMWD";
  bool in_time = false;
  bool has_fraction = false;
  while (!rest.empty()) {
    if (has_fraction) return std::nullopt;  // only the smallest unit may have one
    if (rest.front() == 'T' && !in_time) {
      in_time = true;
      units = "HMS";
      rest.remove_prefix(1);
      if (rest.empty()) return std::nullopt;
    }
    auto unit = std::find_if_not(rest.begin(), rest.end(), is_digit);
    if (unit == rest.begin() || unit == rest.end()) return std::nullopt;
    if (*unit == '.') {
      has_fraction = true;
      const auto fraction = unit + 1;
      unit = std::find_if_not(fraction, rest.end(), is_digit);
      if (unit == fraction || unit == rest.end()) return std::nullopt;
    }
    const std::size_t place = units.find(*unit);
    if (place == std::string_view::npos) return std::nullopt;
    units.remove_prefix(place + 1);  // each unit once, the large ones first
    rest = {unit + 1, rest.end()};
  }
  return text;
}

Canonical formatted(std::string_view text, StringFormat format, std::string& buffer) {
  switch (format) {
    case StringFormat::any:
      return text;
    case StringFormat::email:
      return is_email(text) ? Canonical(text) : std::nullopt;
    case StringFormat::uri:
      return is_uri(text) ? Canonical(text) : std::nullopt;
    case StringFormat::uuid:
      return uuid(text, buffer);
    case StringFormat::binary:
      return is_base64(text) ? Canonical(text) : std::nullopt;
  }
  return std::nullopt;
}

std::strong_ordering compare(FieldType type, std::string_view left, std::string_view right) {
  switch (type) {
    case FieldType::integer:
    case FieldType::number:
      return compare_numbers(left, right);
    case FieldType::datetime:
      // Without the Z a longer fraction sorts after a shorter one.
      return left.substr(0, left.size() - 1) <=> right.substr(0, right.size() - 1);
    default:
      return left <=> right;
  }
}

std::size_t code_points(std::string_view utf8) {
  return static_cast<std::size_t>(std::ranges::count_if(
      utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

}  // namespace sluice::record::syntax

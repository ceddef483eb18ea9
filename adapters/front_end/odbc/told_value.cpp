#include "adapters/front_end/odbc/told_value.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <chrono>
#include <optional>

#include <date/date.h>
#include <fmt/format.h>
#include <openssl/evp.h>

#include "record/record_checker.h"
#include "record/rules.h"
#include "record/value_syntax.h"

namespace sluice::adapters::front_end::odbc {
namespace {

using Told = std::expected<std::string_view, intake::RowProblem>;

std::unexpected<intake::RowProblem> problem(record::Rule rule, std::string sentence) {
  return std::unexpected(intake::RowProblem{"", rule, std::move(sentence)});
}

Told tell_text(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) {
    return problem("nul", "the text has a NUL byte in it");
  }
  if (!record::is_valid_utf8(text)) {
    return problem("encoding",
                   "the text is not in the encoding that the database's driver is taken to have; "
                   "see `encoding` of the bureau's channel");
  }
  return text;
}

// Databases leave out the zero before the point (Oracle, DM); SQLite, which keeps decimals as
// floats, writes exponents: those are moved by places, not through another float.
Told tell_decimal(std::string_view text, std::string& buffer) {
  if (text.find_first_of("eE") != std::string_view::npos) {
    const auto number = record::syntax::number(text, {}, buffer);
    return number ? Told(*number) : tell_text(text);
  }
  const std::size_t sign = text.starts_with('-') ? 1 : 0;
  if (text.size() <= sign || text[sign] != '.') return tell_text(text);
  buffer.assign(text.substr(0, sign));
  buffer += '0';
  buffer += text.substr(sign);
  return tell_text(buffer);
}

// `2026-11-23 04:44:05.123456789` to `2026-11-23T04:44:05.123456`: no date or time that RFC 3339
// does not know is one afterwards.
std::optional<std::string> rfc3339_without_offset(std::string_view text) {
  constexpr std::size_t date_length = 10;
  constexpr std::size_t seconds_end = 19;
  constexpr std::size_t longest = 26;
  std::string moment(text);
  if (moment.size() == date_length) moment += "T00:00:00";
  if (moment.size() < seconds_end) return std::nullopt;
  moment[date_length] = 'T';
  if (moment.size() > longest) {
    if (moment.find_first_not_of("0123456789", seconds_end + 1) != std::string::npos) {
      return std::nullopt;
    }
    moment.resize(longest);
  }
  if (moment.ends_with('.')) moment.pop_back();
  return moment;
}

Told out_of_range() {
  return problem("out-of-range",
                 "the database's text is no time between the years 0001 and 9999 as ODBC writes "
                 "one (it may be 0000-00-00, infinity, BC, or have an offset behind it)");
}

Told tell_timestamp(std::string_view text, const date::time_zone* zone, std::string& buffer) {
  auto moment = rfc3339_without_offset(text);
  if (!moment) return out_of_range();
  std::string canonical;
  const std::string in_utc = *moment + "Z";
  const auto utc = record::syntax::datetime(in_utc, canonical);
  if (!utc) return out_of_range();
  if (zone == nullptr) return buffer.assign(*utc);
  const auto number = [&](std::size_t at, std::size_t digits) {
    int value = 0;
    std::from_chars(moment->data() + at, moment->data() + at + digits, value);
    return value;
  };
  const date::local_seconds local =
      date::local_days(date::year(number(0, 4)) / number(5, 2) / number(8, 2)) +
      std::chrono::hours(number(11, 2)) + std::chrono::minutes(number(14, 2)) +
      std::chrono::seconds(number(17, 2));
  const auto shifted =
      date::floor<std::chrono::seconds>(zone->to_sys(local, date::choose::earliest));
  const std::string fraction = moment->size() > 19 ? moment->substr(19) : "";
  const auto day = date::floor<date::days>(shifted);
  const date::year_month_day date(day);
  const date::hh_mm_ss time(shifted - day);
  const std::string told =
      fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}Z", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  time.hours().count(), time.minutes().count(), time.seconds().count(), fraction);
  const auto checked = record::syntax::datetime(told, canonical);
  if (!checked) return out_of_range();
  return buffer.assign(*checked);
}

// `2026-11-23 12:44:05.5 +08:00`: the offset says which moment it is.
Told tell_with_offset(std::string_view text, std::string& buffer) {
  constexpr std::size_t date_length = 10;
  constexpr std::size_t seconds_end = 19;
  std::string moment(text);
  const std::size_t offset = moment.find_first_of("+-Z", std::min(seconds_end, moment.size()));
  if (offset == std::string::npos) {
    return problem("time-zone",
                   "the database tells this moment in the zone of its session, which can not be "
                   "set there, and says no offset; have the bureau give the column without a zone "
                   "or in a view, as UTC");
  }
  moment[date_length] = 'T';
  std::erase(moment, ' ');
  std::string canonical;
  const auto utc = record::syntax::datetime(moment, canonical);
  return utc ? Told(buffer.assign(*utc)) : out_of_range();
}

Told tell_zoned(const SourceColumn& column, std::string_view text, std::string& buffer) {
  return column.is_in_utc ? tell_timestamp(text, nullptr, buffer) : tell_with_offset(text, buffer);
}

// `2026-11-23 00:00:00.000000` to its date; nothing where it has a time of day.
std::optional<std::string_view> date_of_midnight(std::string_view text) {
  constexpr std::size_t date_length = 10;
  if (text.size() < date_length) return std::nullopt;
  const std::string_view time = text.substr(date_length);
  if (!time.empty() && !time.starts_with(" 00:00:00")) return std::nullopt;
  if (time.find_first_not_of(" 0:.") != std::string_view::npos) return std::nullopt;
  return text.substr(0, date_length);
}

// Oracle's DATE has a time of day, and other products' columns of dates are timestamps too; where
// it is midnight, it is meant as a date. In UTC it would be the day before.
Told tell_unzoned(const SourceColumn& column, std::string_view text, const date::time_zone& zone,
                  std::string& buffer) {
  const auto midnight = date_of_midnight(text);
  if (column.is_meant_as_date && midnight && record::syntax::date(*midnight)) return *midnight;
  return tell_timestamp(text, &zone, buffer);
}

Told tell_date(std::string_view text) {
  const std::string_view date = date_of_midnight(text).value_or(text);
  return record::syntax::date(date) ? Told(date) : out_of_range();
}

Told tell_boolean(std::string_view text) {
  if (text == "1" || text == "t" || text == "true" || text == "T" || text == "-1") return "true";
  if (text == "0" || text == "f" || text == "false" || text == "F") return "false";
  return tell_text(text);
}

// As RFC 4122 writes them.
Told in_lower_case(std::string_view text, std::string& buffer) {
  buffer.assign(text);
  std::ranges::transform(buffer, buffer.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return tell_text(buffer);
}

std::string_view in_base64(std::string_view bytes, std::string& buffer) {
  constexpr std::size_t group = 3;
  buffer.resize((bytes.size() + group - 1) / group * 4 + 1);
  // OpenSSL's bytes are unsigned characters.
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(buffer.data()),
                                     reinterpret_cast<const unsigned char*>(bytes.data()),
                                     static_cast<int>(bytes.size()));
  buffer.resize(static_cast<std::size_t>(length));
  return buffer;
}

}  // namespace

Told tell(const SourceColumn& column, std::string_view text, const date::time_zone& zone,
          std::string& buffer) {
  switch (column.kind) {
    case ValueKind::binary:
      return in_base64(text, buffer);
    case ValueKind::decimal:
      return tell_decimal(text, buffer);
    case ValueKind::boolean:
      return tell_boolean(text);
    case ValueKind::timestamp:
      return tell_unzoned(column, text, zone, buffer);
    case ValueKind::zoned_timestamp:
      return tell_zoned(column, text, buffer);
    case ValueKind::date:
      return tell_date(text);
    case ValueKind::guid:
      return in_lower_case(text, buffer);
    case ValueKind::text:
    case ValueKind::integer:
    case ValueKind::floating:
    case ValueKind::time:
      break;
  }
  return tell_text(text);
}

std::string text_of(double number) {
  std::array<char, 512> text{};
  const auto [end, error] =
      std::to_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  return error == std::errc{} ? std::string(text.data(), end) : fmt::format("{}", number);
}

}  // namespace sluice::adapters::front_end::odbc

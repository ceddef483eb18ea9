#include "store/postgresql/binary_row.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <chrono>
#include <cstring>

#include "record/copy_text.h"
#include "store/dataset_tables.h"
#include "store/postgresql/stored_value.h"

namespace sluice::store::postgresql {
namespace {

// PostgreSQL counts days and microseconds from here.
constexpr std::chrono::sys_days epoch = std::chrono::year(2000) / 1 / 1;

template <class Integer>
void append(std::string& data, Integer value) {
  static_assert(std::endian::native == std::endian::little);
  value = std::byteswap(value);
  data.append(reinterpret_cast<const char*>(&value), sizeof value);
}

template <class Integer>
void append_sized(std::string& data, Integer value) {
  append(data, static_cast<std::int32_t>(sizeof value));
  append(data, value);
}

int digits(std::string_view text, std::size_t at, std::size_t count) {
  int value = 0;
  for (const char c : text.substr(at, count))
    value = 10 * value + (c - '0');
  return value;
}

std::int64_t integer(std::string_view text) {
  std::int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// 2026-11-23…
std::int32_t days(std::string_view text) {
  const std::chrono::sys_days day = std::chrono::year(digits(text, 0, 4)) /
                                    std::chrono::month(static_cast<unsigned>(digits(text, 5, 2))) /
                                    std::chrono::day(static_cast<unsigned>(digits(text, 8, 2)));
  return static_cast<std::int32_t>((day - epoch).count());
}

// 04:44:00, with up to six digits behind a point.
std::int64_t microseconds(std::string_view text) {
  const std::int64_t seconds = std::int64_t{3600} * digits(text, 0, 2) +
                               std::int64_t{60} * digits(text, 3, 2) + digits(text, 6, 2);
  std::int64_t fraction = 0;
  for (std::size_t i = 0; i < 6; ++i) {
    fraction = 10 * fraction + (9 + i < text.size() ? text[9 + i] - '0' : 0);
  }
  return 1'000'000 * seconds + fraction;
}

// 2026-11-23T04:44:00.5Z
std::int64_t timestamp(std::string_view text) {
  constexpr std::int64_t microseconds_per_day = 86'400'000'000;
  return microseconds_per_day * days(text) + microseconds(text.substr(11, text.size() - 12));
}

// numeric_send() in PostgreSQL's source: groups of four decimal digits around the point.
void append_numeric(std::string& data, std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const std::size_t point = std::min(text.find('.'), text.size());
  const std::string_view whole = text.substr(0, point);
  const std::string_view fraction = point < text.size() ? text.substr(point + 1) : "";
  constexpr std::size_t group = 4;
  constexpr std::size_t most_groups = 160;  // of 300 digits on either side of the point
  std::array<std::int16_t, most_groups> groups{};
  std::size_t count = 0;
  const std::size_t whole_groups = (whole.size() + group - 1) / group;
  const std::size_t head = whole.size() - (whole_groups - 1) * group;  // digits in the first group
  for (std::size_t at = 0; at < whole.size(); at += count == 1 ? head : group) {
    groups[count++] = static_cast<std::int16_t>(digits(whole, at, at == 0 ? head : group));
  }
  for (std::size_t at = 0; at < fraction.size(); at += group) {
    const std::string_view part = fraction.substr(at, group);
    int value = digits(part, 0, group);
    for (std::size_t missing = part.size(); missing < group; ++missing)
      value *= 10;
    groups[count++] = static_cast<std::int16_t>(value);
  }
  // Leading and trailing groups of zeros are not sent.
  std::size_t first = 0;
  while (first < count && groups[first] == 0)
    ++first;
  while (count > first && groups[count - 1] == 0)
    --count;
  const std::size_t sent = count - first;
  append(data, static_cast<std::int32_t>(8 + 2 * sent));
  append(data, static_cast<std::int16_t>(sent));
  append(data, static_cast<std::int16_t>(
                   sent == 0 ? 0 : static_cast<int>(whole_groups) - 1 - static_cast<int>(first)));
  append(data, static_cast<std::uint16_t>(negative ? 0x4000 : 0));
  append(data, static_cast<std::int16_t>(fraction.size()));
  for (std::size_t i = first; i < count; ++i)
    append(data, groups[i]);
}

}  // namespace

std::vector<Encoding> encodings(const record::TableSchema& schema) {
  std::vector<Encoding> result;
  for (const StoredColumn& column : stored_columns(schema)) {
    const std::string& type = column.definition;
    result.push_back(type == "bigint"        ? Encoding::int8
                     : type == "smallint"    ? Encoding::int2
                     : type == "boolean"     ? Encoding::boolean
                     : type == "numeric"     ? Encoding::numeric
                     : type == "date"        ? Encoding::date
                     : type == "timestamptz" ? Encoding::timestamptz
                     : type == "time"        ? Encoding::time
                                             : Encoding::text);
  }
  return result;
}

void BinaryRows::begin(std::string& data) {
  constexpr std::string_view signature("PGCOPY\n\377\r\n\0", 11);
  data += signature;
  append(data, std::int32_t{0});  // flags
  append(data, std::int32_t{0});  // header extension
}

void BinaryRows::end(std::string& data) {
  append(data, std::int16_t{-1});
}

std::vector<std::optional<std::string_view>> BinaryRows::columns_of(std::string_view row) {
  std::vector<std::optional<std::string_view>> columns;
  for (row.remove_prefix(sizeof(std::int16_t)); !row.empty();) {
    std::uint32_t size = 0;
    for (const char byte : row.substr(0, sizeof(size)))
      size = size << 8 | static_cast<unsigned char>(byte);
    row.remove_prefix(sizeof(size));
    if (size == UINT32_MAX) {
      columns.push_back(std::nullopt);
      continue;
    }
    columns.push_back(row.substr(0, size));
    row.remove_prefix(size);
  }
  return columns;
}

void BinaryRows::begin_row(std::size_t columns) {
  append(data_, static_cast<std::int16_t>(columns));
}

void BinaryRows::uuid(const record::RowDigest& digest) {
  append(data_, std::int32_t{16});
  append(data_, digest.high);
  append(data_, digest.low);
}

void BinaryRows::int8(std::int64_t value) {
  append_sized(data_, value);
}

void BinaryRows::text(std::string_view plain) {
  append(data_, static_cast<std::int32_t>(plain.size()));
  data_ += plain;
}

void BinaryRows::column(Encoding encoding, std::string_view escaped) {
  if (record::is_null(escaped)) {
    append(data_, std::int32_t{-1});
    return;
  }
  switch (encoding) {
    case Encoding::text:
      return text(record::unescape(escaped, unescaped_).value_or(escaped));
    case Encoding::int8:
      return append_sized(data_, integer(escaped));
    case Encoding::int2:
      return append_sized(data_, static_cast<std::int16_t>(integer(escaped)));
    case Encoding::boolean:
      return append_sized(data_, static_cast<std::int8_t>(escaped == "t"));
    case Encoding::numeric:
      return append_numeric(data_, escaped);
    case Encoding::date:
      return append_sized(data_, days(escaped));
    case Encoding::timestamptz:
      return append_sized(data_, timestamp(escaped));
    case Encoding::time:
      return append_sized(data_, microseconds(escaped));
  }
}

}  // namespace sluice::store::postgresql

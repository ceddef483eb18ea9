#include "record/value_syntax.h"

#include <optional>
#include <ostream>
#include <vector>

#include <gtest/gtest.h>

namespace sluice::record::syntax {
namespace {

struct Case {
  std::string_view text;
  std::optional<std::string_view> canonical;
};

constexpr std::optional<std::string_view> refused = std::nullopt;

template <class Read>
void expect_all(const std::vector<Case>& cases, Read&& read) {
  for (const Case& c : cases) {
    std::string buffer;
    const Canonical canonical = read(c.text, buffer);
    EXPECT_EQ(canonical, c.canonical) << "\"" << c.text << "\"";
    if (!canonical) continue;
    const std::string first(*canonical);
    EXPECT_EQ(read(first, buffer), std::string_view(first)) << "again: \"" << c.text << "\"";
  }
}

std::string zeros(std::size_t count) {
  return std::string(count, '0');
}

TEST(Integers, AreWrittenWithoutPlusOrLeadingZeros) {
  const Field field;
  expect_all(
      {{"0", "0"},
       {"-0", "0"},
       {"+0", "0"},
       {"000", "0"},
       {"5", "5"},
       {"+5", "5"},
       {"-5", "-5"},
       {"00012", "12"},
       {"-00012", "-12"},
       {"9223372036854775807", "9223372036854775807"},
       {"-9223372036854775808", "-9223372036854775808"},
       {"00000000000000000000000000000001", "1"}},
      [&](std::string_view text, std::string& buffer) { return integer(text, field, buffer); });
}

TEST(Integers, ThatAreNotWholeNumbersOf64BitsAreRefused) {
  const Field field;
  expect_all(
      {{"", refused},
       {"+", refused},
       {"-", refused},
       {"+-5", refused},
       {"-+5", refused},
       {"++5", refused},
       {"--5", refused},
       {"1.0", refused},
       {"1e3", refused},
       {" 1", refused},
       {"1 ", refused},
       {"0x1", refused},
       {"１", refused},
       {"1,000", refused},
       {"9223372036854775808", refused},
       {"-9223372036854775809", refused}},
      [&](std::string_view text, std::string& buffer) { return integer(text, field, buffer); });
}

TEST(Integers, MayBeGroupedWhereTheFieldSaysSo) {
  Field field;
  field.group_char = ",";
  expect_all(
      {{"1,234", "1234"},
       {"-1,234,567", "-1234567"},
       {"1234", "1234"},
       {"1,0000", "10000"},
       {",1", refused},
       {"1,", refused},
       {"1,,2", refused},
       {"-,1", refused},
       {"+,1", refused},
       {"0,001", "1"}},
      [&](std::string_view text, std::string& buffer) { return integer(text, field, buffer); });
  field.group_char = "，";
  expect_all(
      {{"1，234", "1234"}, {"1,234", refused}},
      [&](std::string_view text, std::string& buffer) { return integer(text, field, buffer); });
}

TEST(Numbers, AreExactDecimalsWithoutExponentOrNeedlessZeros) {
  const Field field;
  expect_all(
      {{"0", "0"},
       {"-0", "0"},
       {"-0.00", "0"},
       {"0e5", "0"},
       {"00012", "12"},
       {"+5", "5"},
       {"0.1000", "0.1"},
       {".5", "0.5"},
       {"5.", "5"},
       {"-.5", "-0.5"},
       {"1e3", "1000"},
       {"1E+3", "1000"},
       {"1.5e-3", "0.0015"},
       {"123.456e2", "12345.6"},
       {"100", "100"},
       {"0.1234567890123456789012345678901", "0.1234567890123456789012345678901"},
       {"12345678901234567890123456789.5", "12345678901234567890123456789.5"}},
      [&](std::string_view text, std::string& buffer) { return number(text, field, buffer); });
}

TEST(Numbers, ThatAreNoDecimalsAreRefused) {
  const Field field;
  expect_all(
      {{"", refused},
       {".", refused},
       {"-", refused},
       {"+-1", refused},
       {"1.2.3", refused},
       {"1e", refused},
       {"e5", refused},
       {"1e+-5", refused},
       {"1e++5", refused},
       {"1e1.5", refused},
       {"NaN", refused},
       {"INF", refused},
       {"1,234", refused},
       {"1 000", refused},
       {"0x10", refused},
       {"10%", refused}},
      [&](std::string_view text, std::string& buffer) { return number(text, field, buffer); });
}

TEST(Numbers, OfMoreDigitsThanTheLimitAreRefused) {
  const Field field;
  const std::string widest = "1" + zeros(299);
  const std::string too_wide = "1" + zeros(300);
  const std::string finest = "0." + zeros(299) + "1";
  const std::string too_fine = "0." + zeros(300) + "1";
  expect_all(
      {{"1e400", refused},
       {"1e299", widest},
       {"1e300", refused},
       {"1e-300", finest},
       {"1e-301", refused},
       {widest, widest},
       {too_wide, refused},
       {finest, finest},
       {too_fine, refused},
       {"1e99999999999", refused},
       {"1e2147483647", refused},
       {"1e-2147483648", refused},
       {"0e2147483647", "0"}},
      [&](std::string_view text, std::string& buffer) { return number(text, field, buffer); });
}

TEST(Numbers, MayBeWrittenTheSourcesWay) {
  Field grouped;
  grouped.group_char = ",";
  expect_all(
      {{"1,234.50", "1234.5"},
       {"1234.5", "1234.5"},
       {"1,234,567", "1234567"},
       {",5", refused},
       {"1,", refused},
       {"1,.5", refused},
       {"1,,2", refused},
       {"1.2,3", refused},
       {"-,5", refused}},
      [&](std::string_view text, std::string& buffer) { return number(text, grouped, buffer); });
  Field comma;
  comma.decimal_char = ',';
  comma.group_char = ".";
  std::string buffer;
  EXPECT_EQ(number("1.234,50", comma, buffer), "1234.5");
}

TEST(Booleans, AreTheFieldsOwnWords) {
  Field field;
  EXPECT_EQ(boolean("true", field), "t");
  EXPECT_EQ(boolean("0", field), "f");
  EXPECT_EQ(boolean("yes", field), refused);
  EXPECT_EQ(boolean("", field), refused);
  field.true_values = {"是"};
  field.false_values = {"否"};
  EXPECT_EQ(boolean("是", field), "t");
  EXPECT_EQ(boolean("否", field), "f");
  EXPECT_EQ(boolean("true", field), refused);
}

TEST(Dates, AreDaysOfTheCalendar) {
  expect_all({{"2026-11-23", "2026-11-23"},
              {"2024-02-29", "2024-02-29"},
              {"2000-02-29", "2000-02-29"},
              {"0001-01-01", "0001-01-01"},
              {"9999-12-31", "9999-12-31"},
              {"2023-02-29", refused},
              {"1900-02-29", refused},
              {"2026-13-01", refused},
              {"2026-00-01", refused},
              {"2026-04-31", refused},
              {"2026-01-00", refused},
              {"0000-01-01", refused},
              {"2026-1-1", refused},
              {"20261123", refused},
              {"2026/11/23", refused},
              {"2026-11-23 ", refused},
              {"-026-11-23", refused},
              {"", refused}},
             [](std::string_view text, std::string&) { return date(text); });
}

TEST(Times, AreOfOneDayAndOfAtMostMicroseconds) {
  expect_all({{"04:44:00", "04:44:00"},
              {"23:59:59.999999", "23:59:59.999999"},
              {"04:44:00.500", "04:44:00.5"},
              {"04:44:00.000", "04:44:00"},
              {"04:44:00.1234560000", "04:44:00.123456"},
              {"04:44:00.1234567", refused},
              {"24:00:00", refused},
              {"23:60:00", refused},
              {"23:59:60", refused},
              {"04:44", refused},
              {"4:44:00", refused},
              {"04:44:00.", refused},
              {"04:44:00Z", refused},
              {"04:44:00+08:00", refused},
              {"", refused}},
             [](std::string_view text, std::string& buffer) { return time(text, buffer); });
}

TEST(Datetimes, AreWrittenInUtc) {
  expect_all({{"2026-11-23T04:44:00Z", "2026-11-23T04:44:00Z"},
              {"2026-11-23t04:44:00z", "2026-11-23T04:44:00Z"},
              {"2026-11-23 04:44:00+08:00", "2026-11-22T20:44:00Z"},
              {"2026-01-01T00:00:00+08:00", "2025-12-31T16:00:00Z"},
              {"2025-12-31T23:30:00-01:00", "2026-01-01T00:30:00Z"},
              {"2024-02-29T23:59:59-00:01", "2024-03-01T00:00:59Z"},
              {"2026-11-23T04:44:00.120+00:00", "2026-11-23T04:44:00.12Z"},
              {"2026-11-23T04:44:00.000000Z", "2026-11-23T04:44:00Z"},
              {"2026-11-23T04:44:00.123456-14:00", "2026-11-23T18:44:00.123456Z"}},
             [](std::string_view text, std::string& buffer) { return datetime(text, buffer); });
}

TEST(Datetimes, WithoutAnOffsetOrOutOfRangeAreRefused) {
  expect_all({{"", refused},
              {"2026-11-23T04:44:00", refused},
              {"2026-11-23", refused},
              {"2026-11-23T04:44Z", refused},
              {"2026-11-23T24:00:00Z", refused},
              {"2026-11-23T04:44:60Z", refused},
              {"2026-11-23T04:44:00+8", refused},
              {"2026-11-23T04:44:00+0800", refused},
              {"2026-11-23T04:44:00+15:00", refused},
              {"2026-11-23T04:44:00+08:60", refused},
              {"2026-11-23T04:44:00 Z", refused},
              {"2026-11-23T04:44:00.1234567Z", refused},
              {"2026-11-23X04:44:00Z", refused},
              {"0001-01-01T00:00:00+08:00", refused},
              {"9999-12-31T23:59:59-08:00", refused},
              {"2023-02-29T00:00:00Z", refused},
              {"2026-11-23T04:44:00ZZ", refused}},
             [](std::string_view text, std::string& buffer) { return datetime(text, buffer); });
}

TEST(YearsAndMonths, AreOfFourDigitsAndOneToTwelve) {
  expect_all({{"2026", "2026"},
              {"0001", "0001"},
              {"9999", "9999"},
              {"0000", refused},
              {"26", refused},
              {"20260", refused},
              {"-026", refused},
              {"", refused}},
             [](std::string_view text, std::string&) { return year(text); });
  expect_all({{"2026-11", "2026-11"},
              {"2026-00", refused},
              {"2026-13", refused},
              {"2026-1", refused},
              {"202611", refused},
              {"2026/11", refused},
              {"0000-01", refused},
              {"", refused},
              {"2026", refused}},
             [](std::string_view text, std::string&) { return yearmonth(text); });
}

TEST(Durations, AreIso8601) {
  expect_all({{"P1D", "P1D"},
              {"PT1H", "PT1H"},
              {"P1Y2M3DT4H5M6S", "P1Y2M3DT4H5M6S"},
              {"P2W", "P2W"},
              {"-P1D", "-P1D"},
              {"PT0.5S", "PT0.5S"},
              {"PT36H", "PT36H"}},
             [](std::string_view text, std::string&) { return duration(text); });
  expect_all({{"", refused},
              {"P", refused},
              {"PT", refused},
              {"P1", refused},
              {"1D", refused},
              {"P1DT", refused},
              {"P1H", refused},
              {"P1D1Y", refused},
              {"P1D1D", refused},
              {"PT1S1H", refused},
              {"P-1D", refused},
              {"P1.D", refused},
              {"P1.5.5D", refused},
              {"P.5D", refused},
              {"P1.5DT1H", refused},
              {"P1DT1HT1M", refused},
              {"p1d", refused}},
             [](std::string_view text, std::string&) { return duration(text); });
}

TEST(FormattedText, IsOfItsFormat) {
  const auto as = [](StringFormat format) {
    return [format](std::string_view text, std::string& buffer) {
      return formatted(text, format, buffer);
    };
  };
  expect_all({{"", ""}, {"anything\n at all", "anything\n at all"}}, as(StringFormat::any));
  expect_all({{"a@b.cn", "a@b.cn"},
              {"", refused},
              {"@", refused},
              {"a@b", refused},
              {"a@", refused},
              {"@b.cn", refused},
              {"a@.cn", refused},
              {"a@b.", refused},
              {"a@b@c.cn", refused},
              {"a b@c.cn", refused},
              {"a@.", refused}},
             as(StringFormat::email));
  expect_all({{"https://a.cn/x?y#z", "https://a.cn/x?y#z"},
              {"urn:uuid:1", "urn:uuid:1"},
              {"", refused},
              {":x", refused},
              {"no-colon", refused},
              {"1http://a", refused},
              {"-a:b", refused},
              {"http://a b", refused}},
             as(StringFormat::uri));
  expect_all({{"123E4567-E89B-12D3-A456-426614174000", "123e4567-e89b-12d3-a456-426614174000"},
              {"123e4567e89b12d3a456426614174000", refused},
              {"123e4567-e89b-12d3-a456-42661417400g", refused},
              {"123e4567-e89b-12d3-a456+426614174000", refused}},
             as(StringFormat::uuid));
  expect_all({{"", ""},
              {"QQ==", "QQ=="},
              {"QUI=", "QUI="},
              {"QUJD", "QUJD"},
              {"QUJ", refused},
              {"====", refused},
              {"Q===", refused},
              {"QQ=Q", refused},
              {"QU-D", refused},
              {"QU D", refused}},
             as(StringFormat::binary));
}

TEST(Order, OfNumbersIsByMagnitudeNotByText) {
  const std::vector<std::string_view> ascending = {"-100",
                                                   "-20",
                                                   "-3",
                                                   "-1.5",
                                                   "-1.25",
                                                   "-1",
                                                   "-0.5",
                                                   "0",
                                                   "0.05",
                                                   "0.5",
                                                   "1",
                                                   "1.25",
                                                   "1.5",
                                                   "3",
                                                   "20",
                                                   "100",
                                                   "12345678901234567890123"};
  for (std::size_t i = 0; i < ascending.size(); ++i) {
    for (std::size_t j = 0; j < ascending.size(); ++j) {
      EXPECT_EQ(compare(FieldType::number, ascending[i], ascending[j]), i <=> j)
          << ascending[i] << " and " << ascending[j];
    }
  }
}

TEST(Order, OfTimesSeesFractions) {
  EXPECT_EQ(compare(FieldType::datetime, "2026-11-23T04:44:00Z", "2026-11-23T04:44:00.5Z"),
            std::strong_ordering::less);
  EXPECT_EQ(compare(FieldType::datetime, "2026-11-23T04:44:01Z", "2026-11-23T04:44:00.5Z"),
            std::strong_ordering::greater);
  EXPECT_EQ(compare(FieldType::datetime, "2026-11-23T04:44:00.15Z", "2026-11-23T04:44:00.5Z"),
            std::strong_ordering::less);
  EXPECT_EQ(compare(FieldType::time, "04:44:00", "04:44:00.5"), std::strong_ordering::less);
  EXPECT_EQ(compare(FieldType::date, "2026-11-23", "2026-11-23"), std::strong_ordering::equal);
}

TEST(Lengths, AreCountedInCodePoints) {
  EXPECT_EQ(code_points(""), 0U);
  EXPECT_EQ(code_points("abc"), 3U);
  EXPECT_EQ(code_points("海淀"), 2U);
  EXPECT_EQ(code_points("𠮷é"), 2U);
}

}  // namespace
}  // namespace sluice::record::syntax

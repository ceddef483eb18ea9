#include "adapters/front_end/odbc/told_value.h"

#include <gtest/gtest.h>

namespace sluice::adapters::front_end::odbc::test {
namespace {

// What is told of a value in China; an exclamation mark and the rule where it can not be.
std::string told(ValueKind kind, std::string_view text) {
  std::string buffer;
  const auto value = tell({.kind = kind}, text, *date::locate_zone("Asia/Shanghai"), buffer);
  return value ? std::string(*value) : "!" + value.error().rule.text();
}

TEST(ToldValue, DecimalsAreWrittenOut) {
  EXPECT_EQ(told(ValueKind::decimal, ".5"), "0.5");
  EXPECT_EQ(told(ValueKind::decimal, "-.50"), "-0.50");
  EXPECT_EQ(told(ValueKind::decimal, "1e+20"), "100000000000000000000");
  EXPECT_EQ(told(ValueKind::decimal, "1.1e+23"), "110000000000000000000000") << "no float";
}

// SQLite keeps any bytes in a column of any type.
TEST(ToldValue, IsTextWhateverItsColumnIsSaidToBe) {
  for (const ValueKind kind : {ValueKind::text, ValueKind::integer, ValueKind::decimal,
                               ValueKind::boolean, ValueKind::guid, ValueKind::time}) {
    EXPECT_EQ(told(kind, "\xB0\xA1"), "!encoding") << static_cast<int>(kind);
    EXPECT_EQ(told(kind, std::string_view("1\0", 2)), "!nul") << static_cast<int>(kind);
  }
  EXPECT_EQ(told(ValueKind::decimal, "1e\xB0"), "!encoding");
  EXPECT_EQ(told(ValueKind::decimal, std::string_view(".\0", 2)), "!nul");
}

TEST(ToldValue, ATimestampWithoutAZoneIsOfTheBureausOne) {
  EXPECT_EQ(told(ValueKind::timestamp, "2026-11-23 12:44:05.120000"), "2026-11-23T04:44:05.12Z");
  EXPECT_EQ(told(ValueKind::zoned_timestamp, "2026-11-23 04:44:05"), "2026-11-23T04:44:05Z");
  EXPECT_EQ(told(ValueKind::timestamp, "0001-01-01 00:00:00"), "!out-of-range");
  EXPECT_EQ(told(ValueKind::timestamp, "2026-11-23 12:44:05+08:00"), "!out-of-range");
}

// Oracle's DATE is a timestamp to its driver, and in UTC midnight in China is the day before.
TEST(ToldValue, ATimestampThatIsMeantAsADateIsOneWhereItIsMidnight) {
  const auto& zone = *date::locate_zone("Asia/Shanghai");
  const auto as_date = [&](std::string_view text) {
    std::string buffer;
    return std::string(
        tell({.kind = ValueKind::timestamp, .is_meant_as_date = true}, text, zone, buffer).value());
  };
  EXPECT_EQ(as_date("2026-11-23 00:00:00"), "2026-11-23");
  EXPECT_EQ(as_date("2026-11-23 00:00:00.000000"), "2026-11-23");
  EXPECT_EQ(as_date("2026-11-23 00:00:01"), "2026-11-22T16:00:01Z");
  EXPECT_EQ(told(ValueKind::timestamp, "2026-11-23 00:00:00"), "2026-11-22T16:00:00Z");
  EXPECT_EQ(told(ValueKind::date, "2026-11-23 00:00:00.000"), "2026-11-23");
  EXPECT_EQ(told(ValueKind::date, "2026-11-23 10:00:00"), "!out-of-range");
}

TEST(ToldValue, AMomentIsRefusedWhereNothingSaysInWhichZoneItIsTold) {
  const auto& zone = *date::locate_zone("Asia/Shanghai");
  const SourceColumn column{.kind = ValueKind::zoned_timestamp, .is_in_utc = false};
  std::string buffer;
  EXPECT_EQ(tell(column, "2026-11-23 12:44:05", zone, buffer).error().rule, "time-zone");
  EXPECT_EQ(tell(column, "2026-11-23 12:44:05.5 +08:00", zone, buffer), "2026-11-23T04:44:05.5Z");
  EXPECT_EQ(tell(column, "2026-11-23 04:44:05Z", zone, buffer), "2026-11-23T04:44:05Z");
  EXPECT_EQ(tell(column, "x", zone, buffer).error().rule, "time-zone");
}

}  // namespace
}  // namespace sluice::adapters::front_end::odbc::test

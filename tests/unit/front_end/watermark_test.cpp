#include "adapters/front_end/watermark.h"

#include <gtest/gtest.h>

namespace sluice::adapters::front_end::test {
namespace {

using enum WatermarkKind;

std::string round_trip(WatermarkKind kind, std::string_view text) {
  const auto parsed = parse_watermark(kind, text);
  return parsed ? to_text(kind, *parsed) : "none";
}

TEST(Watermark, IsWrittenAsTheDatabaseWroteIt) {
  EXPECT_EQ(round_trip(number, "-42"), "-42");
  EXPECT_EQ(round_trip(number, "9223372036854775807"), "9223372036854775807");
  EXPECT_EQ(round_trip(date, "2024-02-29"), "2024-02-29");
  EXPECT_EQ(round_trip(timestamp, "2026-11-23 04:44:05.120300"), "2026-11-23 04:44:05.120300");
  EXPECT_EQ(round_trip(timestamp, "1969-12-31 23:59:59.5"), "1969-12-31 23:59:59.500000");
}

TEST(Watermark, WhatIsFinerThanAMicrosecondIsCutSoThatAWindowBeginsEarly) {
  EXPECT_EQ(round_trip(timestamp, "2026-11-23 04:44:05.123456789"), "2026-11-23 04:44:05.123456");
}

TEST(Watermark, TextThatIsNoneIsNone) {
  for (const char* text : {"", "2026-02-30", "0000-00-00", "2026-1-1", "26-01-01", "2026-01-01x",
                           "2026-01-01 24:00:00", "2026-01-01 10:00", "2026-01-01 10:00:00.",
                           "infinity", "10000-01-01"}) {
    EXPECT_EQ(parse_watermark(timestamp, text), std::nullopt) << text;
  }
  for (const char* text : {"", "1.5", "1e3", " 1", "9223372036854775808", "one"}) {
    EXPECT_EQ(parse_watermark(number, text), std::nullopt) << text;
  }
}

TEST(Watermark, IsShiftedBackByTheLookBackWindowAndNeverBelowWhatCanBeWritten) {
  const Watermark moment = *parse_watermark(timestamp, "2026-03-01 00:00:01");
  EXPECT_EQ(to_text(timestamp, shifted_back(timestamp, moment, 2'000'000)),
            "2026-02-28 23:59:59.000000");
  const Watermark first = *parse_watermark(timestamp, "0001-01-01 00:00:01");
  EXPECT_EQ(to_text(timestamp, shifted_back(timestamp, first, 2'000'000)),
            "0001-01-01 00:00:00.000000");
  EXPECT_EQ(to_text(number, shifted_back(number, {std::numeric_limits<std::int64_t>::min()}, 5)),
            "-9223372036854775808");
}

}  // namespace
}  // namespace sluice::adapters::front_end::test

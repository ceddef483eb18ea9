#include "adapters/direct/source_time.h"

#include <gtest/gtest.h>

namespace sluice::adapters::direct {
namespace {

std::string utc(std::string_view text) {
  std::string buffer;
  const auto time = source_time(text, buffer);
  return time ? std::string(*time) : "refused";
}

TEST(SourceTime, IsBroughtToTheFormOfABatch) {
  EXPECT_EQ(utc("2026-11-23T04:44:00Z"), "2026-11-23T04:44:00Z");
  EXPECT_EQ(utc("2026-11-23T04:44:00.000Z"), "2026-11-23T04:44:00Z");
  EXPECT_EQ(utc("2026-11-23T12:44:00+08:00"), "2026-11-23T04:44:00Z");
  EXPECT_EQ(utc("2026-11-23t04:44:00z"), "2026-11-23T04:44:00Z");
  EXPECT_EQ(utc("2026-11-22T23:30:00.5-05:30"), "2026-11-23T05:00:00.5Z");
  EXPECT_EQ(utc("2026-01-01T00:00:00+08:00"), "2025-12-31T16:00:00Z");
  EXPECT_EQ(utc("2024-02-29T00:00:00-00:00"), "2024-02-29T00:00:00Z");
  // RFC 3339, 5.6: a blank may stand for the T.
  EXPECT_EQ(utc("2026-11-23 04:44:00Z"), "2026-11-23T04:44:00Z");
}

TEST(SourceTime, CutsDigitsBeyondTheMicrosecond) {
  EXPECT_EQ(utc("2026-11-23T04:44:00.123456789Z"), "2026-11-23T04:44:00.123456Z");
  EXPECT_EQ(utc("2026-11-23T12:44:00.123456789+08:00"), "2026-11-23T04:44:00.123456Z");
  EXPECT_EQ(utc("2026-11-23T04:44:00.1200000001Z"), "2026-11-23T04:44:00.12Z");
}

TEST(SourceTime, RefusesWhatIsNoRfc3339DateAndTime) {
  for (const std::string_view text :
       {"", "2026-11-23", "2026-11-23T04:44:00", "2026-11-23T04:44Z", "2026-13-01T00:00:00Z",
        "2026-02-29T00:00:00Z", "2026-11-23T24:00:00Z", "2026-11-23T04:60:00Z",
        "2026-11-23T04:44:60Z", "2026-11-23T04:44:00.Z", "2026-11-23T04:44:00+8:00",
        "2026-11-23T04:44:00+24:00", "2026-11-23T04:44:00+0800", "2026-11-23T04:44:00Z ",
        "0000-01-01T00:00:00+08:00", "9999-12-31T23:59:59-01:00", "20a6-11-23T04:44:00Z",
        "tomorrow"}) {
    EXPECT_EQ(utc(text), "refused") << text;
  }
}

}  // namespace
}  // namespace sluice::adapters::direct

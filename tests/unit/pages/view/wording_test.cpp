#include "pages/view/wording.h"

#include <gtest/gtest.h>

#include "pages/view/embedded_file.h"

namespace sluice::pages {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

record::Time time(const char* text) {
  return *record::parse_time(text);
}

const Texts& worded_texts() {
  static const Texts read(embedded_files());
  return read;
}

Wording words(Language language = Language::english, const char* zone = "Asia/Shanghai") {
  return {worded_texts(), language, *date::locate_zone(zone), time("2026-11-29T02:42:07.900Z")};
}

TEST(Wording, GroupsDigits) {
  EXPECT_EQ(words().number(0), "0");
  EXPECT_EQ(words().number(999), "999");
  EXPECT_EQ(words().number(1000), "1,000");
  EXPECT_EQ(words().number(18'446'744'073'709'551'615U), "18,446,744,073,709,551,615");
}

TEST(Wording, SaysBytesInTheUnitThatFits) {
  EXPECT_EQ(words().bytes(0), "0 B");
  EXPECT_EQ(words().bytes(1023), "1023 B");
  EXPECT_EQ(words().bytes(1024), "1.0 KiB");
  EXPECT_EQ(words().bytes(3'328'599'654), "3.1 GiB");
  EXPECT_EQ(words().bytes(500ULL << 40U), "500 TiB");
}

TEST(Wording, SaysDurationsAndAgesInTheUnitThatFits) {
  EXPECT_EQ(words().duration(milliseconds(200)), "0.2 s");
  EXPECT_EQ(words().duration(seconds(42)), "42 s");
  EXPECT_EQ(words().duration(seconds(119)), "119 s");
  EXPECT_EQ(words().duration(seconds(120)), "2 min");
  EXPECT_EQ(words().duration(hours(47)), "47 h");
  EXPECT_EQ(words().duration(hours(48)), "2 d");
  EXPECT_EQ(words(Language::chinese).age(time("2026-11-29T02:24:07.000Z")), "18 分钟前");
  EXPECT_EQ(words().age(time("2026-11-28T02:24:07.000Z")), "24 h ago");
  // Clocks differ: what lies a little ahead is now.
  EXPECT_EQ(words().age(time("2026-11-29T02:42:09.000Z")), "0 s ago");
}

TEST(Wording, SaysMomentsInTheNodesZoneAsShortAsTheyCanBeTold) {
  EXPECT_EQ(words().moment(time("2026-11-29T02:41:25.999Z")), "10:41:25");
  EXPECT_EQ(words().moment(time("2026-11-28T15:59:59.000Z")), "11-28 23:59");
  EXPECT_EQ(words().moment(time("2026-11-28T16:00:00.000Z")), "00:00:00");
  EXPECT_EQ(words().moment(time("2025-12-31T15:59:00.000Z")), "2025-12-31 23:59");
  EXPECT_EQ(words().whole(time("2026-11-28T16:00:00.000Z")), "2026-11-29 00:00:00");
  EXPECT_EQ(words(Language::english, "America/New_York").moment(time("2026-11-29T02:41:00.000Z")),
            "21:41:00");
}

TEST(Wording, NamesTheZone) {
  EXPECT_EQ(words().zone(), "Asia/Shanghai (UTC+08:00)");
  EXPECT_EQ(words(Language::english, "America/St_Johns").zone(), "America/St_Johns (UTC-03:30)");
}

TEST(Wording, KeepsAWordThatItDoesNotKnow) {
  EXPECT_EQ(words().word("outcome.", "failed"), "Failed");
  EXPECT_EQ(words().word("outcome.", "of a later version"), "of a later version");
}

}  // namespace
}  // namespace sluice::pages

#include "record/copy_text.h"

#include <array>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice::record {
namespace {

using ::testing::ElementsAre;

std::string escaped(std::string_view value) {
  std::string line;
  append_escaped(line, value);
  return line;
}

std::optional<std::string> round_trip(std::string_view value) {
  const std::string column = escaped(value);
  std::string buffer;
  const auto text = unescape(column, buffer);
  if (!text) return std::nullopt;
  return std::string(*text);
}

TEST(CopyText, BringsEveryByteBack) {
  for (int byte = 0; byte < 256; ++byte) {
    const std::string value(1, static_cast<char>(byte));
    EXPECT_EQ(round_trip(value), value) << byte;
  }
}

TEST(CopyText, BringsEveryByteBackAtEveryPlaceOfALongValue) {
  for (std::size_t length = 1; length <= 26; ++length) {
    for (std::size_t at = 0; at < length; ++at) {
      for (int byte = 0; byte < 256; ++byte) {
        std::string value(length, 'x');
        value[at] = static_cast<char>(byte);
        ASSERT_EQ(round_trip(value), value) << byte << " at " << at << " of " << length;
      }
    }
  }
}

// What PostgreSQL's COPY would take for the end of a column, a row or the data.
TEST(CopyText, LeavesNoByteThatPostgresqlTakesForASeparator) {
  std::string every_byte;
  for (int byte = 0; byte < 256; ++byte)
    every_byte += static_cast<char>(byte);
  for (const std::string& value : {every_byte, std::string("\t"), std::string("\r\n"),
                                   std::string("\\."), std::string(40, '\n')}) {
    EXPECT_EQ(escaped(value).find_first_of("\t\n\r\b\f\v"), std::string::npos);
  }
}

TEST(CopyText, WritesPostgresqlsOwnEscapes) {
  EXPECT_EQ(escaped("\b\f\n\r\t\v\\"), "\\b\\f\\n\\r\\t\\v\\\\");
  EXPECT_EQ(escaped("\\."), "\\\\.");
  EXPECT_EQ(escaped(""), "");
  EXPECT_EQ(escaped("海淀"), "海淀");
}

TEST(CopyText, TellsAMissingValueFromTheTextBackslashN) {
  std::string missing;
  append_null(missing);
  EXPECT_TRUE(is_null(missing));
  EXPECT_FALSE(is_null(escaped("\\N")));
  EXPECT_EQ(round_trip("\\N"), "\\N");
  EXPECT_FALSE(is_null(escaped("")));
}

TEST(CopyText, ViewsAValueThatNeededNoEscapeWithoutCopying) {
  std::string buffer;
  const std::string_view value = "a plain value, longer than eight bytes";
  EXPECT_EQ(unescape(value, buffer)->data(), value.data());
}

TEST(CopyText, RefusesEscapesThatItNeverWrites) {
  std::string buffer;
  for (const std::string_view value : {"\\", "abc\\", "\\N", "a\\N", "\\.", "\\0", "\\x41", "\\101",
                                       "\\q", "12345678\\", "\\\\\\"}) {
    EXPECT_FALSE(unescape(value, buffer)) << value;
  }
}

TEST(CopyText, RefusesBareBytesThatItAlwaysEscapes) {
  std::string buffer;
  for (const char byte : {'\b', '\f', '\n', '\r', '\t', '\v'}) {
    EXPECT_FALSE(unescape(std::string("ab") + byte, buffer)) << int{byte};
    EXPECT_FALSE(unescape(std::string("12345678") + byte + "12345678", buffer)) << int{byte};
    EXPECT_FALSE(unescape(std::string("\\\\") + byte, buffer)) << int{byte};
  }
}

TEST(Lines, SplitAtTheirTabs) {
  std::array<std::string_view, 4> columns;
  ASSERT_TRUE(split_line("U\t\\N\t\tx", columns));
  EXPECT_THAT(columns, ElementsAre("U", "\\N", "", "x"));
}

TEST(Lines, OfAnotherCountOfColumnsAreRefused) {
  std::array<std::string_view, 3> columns;
  EXPECT_FALSE(split_line("", columns));
  EXPECT_FALSE(split_line({}, columns));
  EXPECT_FALSE(split_line("a\tb", columns));
  EXPECT_FALSE(split_line("a\tb\tc\td", columns));
  EXPECT_FALSE(split_line("a\tb\tc\t", columns));
  EXPECT_FALSE(split_line("a", std::span<std::string_view>{}));
}

TEST(Lines, BeginWithTheOperationAndTheTimeAtTheSource) {
  std::string line;
  begin_line(line, Operation::upsert, "2026-11-23T04:44:00Z");
  EXPECT_EQ(line, "U\t2026-11-23T04:44:00Z");
  line.clear();
  begin_line(line, Operation::remove, std::nullopt);
  EXPECT_EQ(line, "D\t\\N");
}

}  // namespace
}  // namespace sluice::record

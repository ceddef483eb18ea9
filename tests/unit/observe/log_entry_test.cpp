#include "observe/log_entry.h"

#include <array>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "told.h"

namespace sluice::test {
namespace {

using observe::LogField;

std::string line_of(std::string_view value) {
  const std::array<LogField, 1> fields{LogField("bureau", value)};
  return observe::LogEntry(observe::declared_event<"jobs-go-on">, observe::Log::Level::notice,
                           fields)
      .line;
}

TEST(LogEntry, ValueThatWouldBreakALineIsQuoted) {
  const auto written = [](std::string_view value) {
    std::string line;
    observe::append_log_field(line, {"a", value});
    return line;
  };
  EXPECT_EQ(written("two words"), R"(a="two words")");
  EXPECT_EQ(written(""), R"(a="")");
  EXPECT_EQ(written("k=v"), R"(a="k=v")");
  EXPECT_EQ(written("say \"hi\""), R"(a="say \"hi\"")");
  EXPECT_EQ(written("line\nbreak\tand\x1b[2J"), R"(a="line\nbreak\tand\x1b[2J")");
  EXPECT_EQ(written("back\\slash"), R"(a="back\\slash")");
  EXPECT_EQ(written("海淀"), "a=海淀");
  EXPECT_EQ(written("\xba\xa3"), R"(a="\xba\xa3")");  // GB 18030 is no UTF-8
}

TEST(LogEntry, ItsLineIsHarmlessTextOutOfWhichTheBytesCanBeRead) {
  constexpr std::string_view before = "level=notice event=jobs-go-on bureau=";
  for (const std::string& value : hostile_values()) {
    const std::string line = line_of(value);
    EXPECT_TRUE(is_harmless(line)) << line;
    ASSERT_TRUE(line.starts_with(before));
    std::string_view told = std::string_view(line).substr(before.size());
    if (told.starts_with('"')) told = told.substr(1, told.size() - 2);
    EXPECT_EQ(harmful_again(told), value);
  }
}

TEST(LogEntry, LongLineIsCutBetweenTwoCharactersAndSaysSo) {
  std::string value;
  while (value.size() < 5000)
    value += "淀";
  for (int shift = 0; shift < 3; ++shift) {
    const std::string line = line_of(std::string(static_cast<std::size_t>(shift), 'a') + value);
    EXPECT_LE(line.size(), observe::longest_line);
    EXPECT_GT(line.size(), observe::longest_line - 3);
    EXPECT_TRUE(line.ends_with(" cut=yes"));
    EXPECT_TRUE(is_harmless(line));
  }
  const std::string just_fits = line_of(std::string(observe::longest_line - 37, 'a'));
  EXPECT_EQ(just_fits.size(), observe::longest_line);
  EXPECT_FALSE(just_fits.ends_with("cut=yes"));
}

}  // namespace
}  // namespace sluice::test

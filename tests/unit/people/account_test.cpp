#include "people/account.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "people/characters.h"

namespace sluice::people {
namespace {

using ::testing::HasSubstr;

TEST(AccountName, IsLowerCaseAndBeginsWithALetter) {
  for (const std::string_view name : {"wa", "wang.xiaoming", "w-1_2"})
    EXPECT_EQ(parse_account_name(name).value().str(), name);
  for (const std::string_view name :
       {"", "w", "Wang", "1wang", ".wang", "wang ming", "王小明", "wang'", "wang\n", "../x"}) {
    EXPECT_FALSE(parse_account_name(name)) << name;
  }
  EXPECT_TRUE(parse_account_name(std::string(64, 'a')));
  EXPECT_FALSE(parse_account_name(std::string(65, 'a')));
  EXPECT_THAT(parse_account_name("W").error().sentence, HasSubstr("such as wang.xiaoming"));
}

TEST(DisplayName, CountsCharactersAndNotBytes) {
  std::string name;
  for (int i = 0; i < 64; ++i)
    name += "𠮷";  // four bytes
  EXPECT_TRUE(check_display_name(name));
  EXPECT_THAT(check_display_name(name + "王").error().sentence, HasSubstr("this has 65"));
  EXPECT_TRUE(check_display_name("欧阳 娜娜·Ōé"));
  EXPECT_THAT(check_display_name("").error().sentence, HasSubstr("this has 0"));
}

TEST(DisplayName, HasNothingThatHidesOrTurns) {
  using namespace std::string_literals;
  for (const std::string& name :
       {"a\nb"s, "a\tb"s, "a\x1b[31mb"s, "a\0b"s, "a\x7f"s, "a\u0085"s, "a\u202eb"s, "a\u200bb"s,
        "a\u2060b"s, "a\u2066b"s, "a\u200fb"s, "a\u2028b"s, "\ufeffa"s}) {
    EXPECT_FALSE(check_display_name(name));
  }
  EXPECT_THAT(check_display_name("\xff\xfe").error().sentence, HasSubstr("not UTF-8"));
  EXPECT_THAT(check_display_name(" 王").error().sentence, HasSubstr("space at its ends"));
}

TEST(Characters, AreCountedOfUtf8Only) {
  EXPECT_EQ(characters_of("a王𠮷"), 3U);
  EXPECT_EQ(characters_of("a\xe7\x8e"), std::nullopt);
  EXPECT_EQ(characters_of("\xed\xa0\x80"), std::nullopt);  // half of a surrogate pair
}

}  // namespace
}  // namespace sluice::people

#include "pages/view/visible.h"

#include <gtest/gtest.h>

namespace sluice::pages {
namespace {

TEST(Visible, LeavesTextAsItIs) {
  for (const char* text : {"", "plain\ttext\n", "某㼆，𠮷 é", "مرحبا"})
    EXPECT_EQ(visible(text), text);
}

TEST(Visible, ShowsWhatHidesOrTurnsTextAround) {
  EXPECT_EQ(visible("a\u202Eb"), "a‹U+202E›b");
  EXPECT_EQ(visible("\u200F\u2066\u200B\uFEFF"), "‹U+200F›‹U+2066›‹U+200B›‹U+FEFF›");
  EXPECT_EQ(visible(std::string_view("\0\r\x1B\x7F", 4)), "␀␍␛␡");
  EXPECT_EQ(visible("\u0085"), "‹U+0085›");
}

TEST(Visible, ReplacesEachByteThatIsNoText) {
  EXPECT_EQ(visible("a\xFF\xC3"), "a\uFFFD\uFFFD");
  EXPECT_EQ(visible("\xED\xA0\x80"), "\uFFFD\uFFFD\uFFFD");  // half of a surrogate pair
  EXPECT_EQ(visible("\xC0\xAF<"), "\uFFFD\uFFFD<");          // a slash, too long
  EXPECT_EQ(visible("\xF4\x90\x80\x80"), "\uFFFD\uFFFD\uFFFD\uFFFD");
}

TEST(Beginning, EndsBetweenCharacters) {
  EXPECT_EQ(beginning("中文", 6), "中文");
  EXPECT_EQ(beginning("中文", 5), "中");
  EXPECT_EQ(beginning("中文", 2), "");
  EXPECT_EQ(beginning("abc", 2), "ab");
}

}  // namespace
}  // namespace sluice::pages

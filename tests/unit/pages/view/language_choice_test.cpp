#include "pages/view/language_choice.h"

#include <gtest/gtest.h>

namespace sluice::pages {
namespace {

TEST(LanguageChoice, OfThePersonCountsFirst) {
  EXPECT_EQ(choose_language("en", "zh-CN,zh;q=0.9"), Language::english);
  EXPECT_EQ(choose_language("zh", "en"), Language::chinese);
}

TEST(LanguageChoice, ThatIsNoneLeavesItToTheBrowser) {
  EXPECT_EQ(choose_language("fr", "en"), Language::english);
  EXPECT_EQ(choose_language("", "en-GB"), Language::english);
}

TEST(LanguageChoice, OfTheBrowserIsTheOneItWantsMost) {
  EXPECT_EQ(choose_language("", "fr, en;q=0.8, zh;q=0.7"), Language::english);
  EXPECT_EQ(choose_language("", "en;q=0.7,zh-Hant-TW;q=0.71"), Language::chinese);
  EXPECT_EQ(choose_language("", "zh;q=0.5, EN-us ; q=0.6"), Language::english);
  EXPECT_EQ(choose_language("", "en, zh"), Language::english);
  EXPECT_EQ(choose_language("", "en;q=0"), Language::chinese);
  EXPECT_EQ(choose_language("", "en;q=0, zh;q=0.1"), Language::chinese);
}

TEST(LanguageChoice, IsChineseWhereNothingSaysOtherwise) {
  for (const char* header : {"", "fr", "*", ",,;;q=", "en;q=x", "q=1"})
    EXPECT_EQ(choose_language("", header), Language::chinese) << header;
}

}  // namespace
}  // namespace sluice::pages

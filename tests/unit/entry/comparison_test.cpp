#include "entry/comparison.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "licence_desk.h"

namespace sluice::entry::test {
namespace {

using testing::ElementsAre;

TEST(Difference, IsWhatLiesBetweenACommonBeginningAndACommonEnd) {
  EXPECT_EQ(difference("11010819780312002X", "11010819783012002X"),
            (Difference{{10, 12}, {10, 12}}));
  EXPECT_EQ(difference("1,000 万元", "1,000 元"), (Difference{{6, 7}, {6, 6}}));
  EXPECT_EQ(difference("aa", "aaa"), (Difference{{2, 2}, {2, 3}}));
  EXPECT_EQ(difference("", "ab"), (Difference{{0, 0}, {0, 2}}));
  EXPECT_EQ(difference("abc", "xyz"), (Difference{{0, 3}, {0, 3}}));
  EXPECT_EQ(difference("same", "same"), Difference());
  EXPECT_EQ(difference("", ""), Difference());
}

TEST(Difference, CountsCharactersWhateverTheirBytes) {
  EXPECT_EQ(difference("某㼆", "某\U00020087"), (Difference{{1, 2}, {1, 2}}));
  EXPECT_EQ(difference("\U00020087\U00020088x", "\U00020087\U00020089x"),
            (Difference{{1, 2}, {1, 2}}))
      << "whose bytes begin alike";
  EXPECT_EQ(difference("\xFF\x80\x80", "\xFF"), (Difference{{0, 1}, {0, 1}}));
}

class ComparisonTest : public testing::Test {
 protected:
  std::vector<KeyedValue> keyed(
      std::initializer_list<std::pair<const char*, const char*>> fields) const {
    std::vector<KeyedValue> values;
    for (const auto& [column, typed] : fields)
      values.push_back(checker.check_field(column, typed).value());
    return values;
  }
  LicenceDesk desk;
  FormChecker checker = desk.form_checker();
};

TEST_F(ComparisonTest, ComparesWhatIsSaidAndNotHowItWasTyped) {
  const auto first = keyed({{"name", "海淀店"},
                            {"citizen_id", "11010519491231002X"},
                            {"capital", "1,000 万元"},
                            {"staff", "1"}});
  const auto second = keyed({{"citizen_id", " １１０１０５１９４９１２３１００２ｘ"},
                             {"capital", "10000000"},
                             {"staff", "2"}});
  using record::Verify;
  EXPECT_THAT(compare(checker.form(), first, second),
              ElementsAre(ComparedField{"name", Verify::sight, Agreement::to_confirm, {}},
                          ComparedField{"citizen_id", Verify::blind, Agreement::equal, {}},
                          ComparedField{"capital", Verify::blind, Agreement::equal, {}}))
      << "what nobody verifies is not compared";
}

TEST_F(ComparisonTest, MarksWhereTheTypedTextsDiffer) {
  const auto compared =
      compare(checker.form(), keyed({{"capital", "1,000 万元"}}), keyed({{"capital", "1,000 元"}}));
  EXPECT_EQ(compared.at(2).agreement, Agreement::different);
  EXPECT_EQ(compared.at(2).typed, (Difference{{6, 7}, {6, 6}}));
}

TEST_F(ComparisonTest, TellsSumsInTwoCurrenciesApart) {
  const auto compared =
      compare(checker.form(), keyed({{"capital", "50万美元"}}), keyed({{"capital", "50万元"}}));
  EXPECT_EQ(compared.at(2).agreement, Agreement::different);
}

TEST_F(ComparisonTest, TellsAValueFromNone) {
  const auto some = keyed({{"capital", "1000"}});
  const auto none = keyed({{"capital", ""}});
  EXPECT_EQ(compare(checker.form(), some, none).at(2).agreement, Agreement::different);
  EXPECT_EQ(compare(checker.form(), some, {}).at(2).agreement, Agreement::different);
  EXPECT_EQ(compare(checker.form(), none, {}).at(2).agreement, Agreement::equal);
}

TEST_F(ComparisonTest, ComparesWhatTheSecondPersonTypedIntoAFieldShown) {
  EXPECT_EQ(compare(checker.form(), keyed({{"name", "海淀店"}}), keyed({{"name", " 海淀店"}}))
                .at(0)
                .agreement,
            Agreement::equal);
  EXPECT_EQ(compare(checker.form(), keyed({{"name", "海淀店"}}), keyed({{"name", "海定店"}})).at(0),
            (ComparedField{"name", record::Verify::sight, Agreement::different, {{1, 2}, {1, 2}}}));
}

}  // namespace
}  // namespace sluice::entry::test

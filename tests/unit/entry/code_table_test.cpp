#include "entry/code_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice::entry {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class CodeTableTest : public testing::Test {
 protected:
  std::vector<std::string> found(std::string_view typed, std::size_t at_most = 10) const {
    std::vector<std::string> codes;
    for (const CodeEntry* entry : table.search(typed, at_most))
      codes.push_back(entry->code);
    return codes;
  }
  CodeTable table{{{"1100", "有限责任公司", {}},
                   {"1130", "有限责任公司(自然人投资或控股)", {}},
                   {"113", "重庆分公司", {}},
                   {"2200", "长城银行", {}},
                   {"3500", "IT服务", {}},
                   {"4000", "单县绿化", {}},
                   {"4100", "\U00020087店", {"fang dian"}},
                   {"QT", "其他", {}}},
                  PinyinReadings()};
};

TEST_F(CodeTableTest, FindsACodeBeforeThoseThatBeginWithIt) {
  EXPECT_THAT(found("113"), ElementsAre("113", "1130"));
  EXPECT_THAT(found("11"), ElementsAre("1100", "1130", "113")) << "in the table's order";
  EXPECT_THAT(found("１１３０"), ElementsAre("1130"));
  EXPECT_THAT(found("qt"), ElementsAre("QT"));
  EXPECT_THAT(found("130"), IsEmpty()) << "within a code nobody looks";
}

TEST_F(CodeTableTest, FindsNamesThatBeginSoBeforeNamesWithItInside) {
  EXPECT_THAT(found("公司"), ElementsAre("1100", "1130", "113"));
  EXPECT_THAT(found("有限"), ElementsAre("1100", "1130"));
  EXPECT_THAT(found("公司（自然人"), ElementsAre("1130")) << "whatever the width";
  EXPECT_THAT(found("\U00020087"), ElementsAre("4100"));
}

TEST_F(CodeTableTest, FindsANameByItsInitials) {
  EXPECT_THAT(found("yxzr"), ElementsAre("1100", "1130"));
  EXPECT_THAT(found("YXZR"), ElementsAre("1100", "1130"));
  EXPECT_THAT(found("zrr"), ElementsAre("1130")) << "inside; brackets are passed over";
  EXPECT_THAT(found("gszr"), ElementsAre("1130"));
  EXPECT_THAT(found("itfw"), ElementsAre("3500"));
}

TEST_F(CodeTableTest, FindsANameByEachReadingOfItsCharacters) {
  EXPECT_THAT(found("cq"), ElementsAre("113"));
  EXPECT_THAT(found("zq"), ElementsAre("113"));
  EXPECT_THAT(found("ccyh"), ElementsAre("2200"));
  EXPECT_THAT(found("zcyx"), ElementsAre("2200"));
  EXPECT_THAT(found("shanxian"), ElementsAre("4000"));
  EXPECT_THAT(found("danxian"), ElementsAre("4000"));
}

TEST_F(CodeTableTest, FindsANameByWholeSyllablesOrSomeOfThem) {
  EXPECT_THAT(found("youxian"), ElementsAre("1100", "1130"));
  EXPECT_THAT(found("youxianz"), ElementsAre("1100", "1130"));
  EXPECT_THAT(found("youxzr"), ElementsAre("1100", "1130"));
  EXPECT_THAT(found("you xian"), ElementsAre("1100", "1130"));
  EXPECT_THAT(found("chang'cheng"), ElementsAre("2200"));
  EXPECT_THAT(found("dxlv"), ElementsAre("4000"));
  EXPECT_THAT(found("dxlü"), ElementsAre("4000"));
  EXPECT_THAT(found("youxianx"), IsEmpty());
}

TEST_F(CodeTableTest, FindsANameByAReadingThatTheTableGives) {
  EXPECT_THAT(found("fd"), ElementsAre("4100"));
  EXPECT_THAT(found("fangdian"), ElementsAre("4100"));
}

TEST_F(CodeTableTest, GivesNoMoreThanWasAskedFor) {
  EXPECT_THAT(found("", 3), ElementsAre("1100", "1130", "113")) << "the first, for nothing typed";
  EXPECT_THAT(found("1", 2), ElementsAre("1100", "1130"));
  EXPECT_THAT(found("1", 0), IsEmpty());
  EXPECT_THAT(found(""), SizeIs(8));
}

TEST_F(CodeTableTest, FindsNothingForHostileText) {
  const std::string longer(10'000, 'y');
  for (const std::string_view text :
       {std::string_view("\xFF\xFE"), std::string_view("a\0b", 3), std::string_view(longer),
        std::string_view("yxzr\x80"), std::string_view("%' OR 1=1"), std::string_view("((((")}) {
    EXPECT_THAT(found(text), IsEmpty());
  }
}

TEST_F(CodeTableTest, KnowsWhatIsMeantByACodeANameOrBoth) {
  const auto meant = [&](std::string_view typed) {
    const CodeEntry* entry = table.meant_by(typed);
    return entry == nullptr ? "nothing" : entry->code;
  };
  EXPECT_EQ(meant("113"), "113");
  EXPECT_EQ(meant("重庆分公司"), "113");
  EXPECT_EQ(meant("113 重庆分公司"), "113");
  EXPECT_EQ(meant("1130　有限责任公司（自然人投资或控股）"), "1130");
  EXPECT_EQ(meant("qt 其他"), "QT");
  EXPECT_EQ(meant("113重庆分公司"), "nothing") << "without a blank between";
  EXPECT_EQ(meant("113 有限责任公司"), "nothing") << "another's name";
  EXPECT_EQ(meant("有限"), "nothing");
  EXPECT_EQ(meant(""), "nothing");
}

TEST_F(CodeTableTest, MeansNoCodeByANameThatTwoHave) {
  const CodeTable twice({{"1", "其他", {}}, {"2", "其他", {}}}, PinyinReadings());
  EXPECT_EQ(twice.meant_by("其他"), nullptr);
  EXPECT_EQ(twice.meant_by("2 其他")->code, "2");
}

TEST_F(CodeTableTest, IsStillWholeWhenItWasMoved) {
  CodeTable moved = std::move(table);
  table = std::move(moved);
  EXPECT_THAT(found("fangdian"), ElementsAre("4100"));
}

}  // namespace
}  // namespace sluice::entry

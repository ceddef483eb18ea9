#include "adapters/direct/member_table.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace sluice::adapters::direct {
namespace {

TEST(MemberTable, FindsEveryColumnAtItsPlace) {
  std::vector<std::string> columns;
  for (int i = 0; i < 500; ++i)
    columns.push_back("企业_" + std::to_string(i));
  const MemberTable table(columns);
  ASSERT_EQ(table.columns(), columns);
  for (std::size_t i = 0; i < columns.size(); ++i)
    EXPECT_EQ(table.find(columns[i]), i);
}

TEST(MemberTable, KnowsNoNameThatIsNotExactlyAColumn) {
  const std::vector<std::string> columns = {"code", "name"};
  const MemberTable table(columns);
  for (const std::string_view name : {"", "cod", "codes", "Code", "code ", "nam"}) {
    EXPECT_FALSE(table.find(name)) << name;
  }
}

TEST(MemberTable, TakesANameThatComesTwiceAsOneColumn) {
  const std::vector<std::string> columns = {"capital", "code", "capital"};
  const MemberTable table(columns);
  EXPECT_EQ(table.columns(), (std::vector<std::string>{"capital", "code"}));
  EXPECT_EQ(table.find("code"), 1U);
}

TEST(MemberTable, OfNoColumnsKnowsNothing) {
  const MemberTable table({});
  EXPECT_FALSE(table.find("code"));
  EXPECT_FALSE(table.find(""));
}

TEST(MemberTable, TellsNamesApartThatDifferOnlyInTheirMiddle) {
  const std::vector<std::string> columns = {"registered_capital_amount_x_in_thousands_of_yuan",
                                            "registered_capital_amount_y_in_thousands_of_yuan"};
  const MemberTable table(columns);
  EXPECT_EQ(table.find(columns[0]), 0U);
  EXPECT_EQ(table.find(columns[1]), 1U);
}

}  // namespace
}  // namespace sluice::adapters::direct

#include "people/roles.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice::people {
namespace {

using record::BureauId;
using ::testing::HasSubstr;

constexpr Role all[] = {Role::clerk,      Role::checker,       Role::reviewer,
                        Role::supervisor, Role::administrator, Role::security_officer,
                        Role::auditor};

// What is wrong with it on a node of two bureaus; empty: nothing.
std::string flaw_of(std::set<Role> roles, std::optional<std::string> bureau = std::nullopt) {
  Assignment assignment{.roles = std::move(roles), .bureau = std::nullopt};
  if (bureau) assignment.bureau = BureauId(*bureau);
  const auto checked = check(assignment, {BureauId("park"), BureauId("tax")});
  return checked ? "" : checked.error().sentence;
}

TEST(Roles, NamesAreReadAsTheyAreWritten) {
  EXPECT_EQ(role_names().size(), std::size(all));
  for (const Role role : all)
    EXPECT_EQ(parse_role(to_string(role)), role);
  EXPECT_EQ(parse_role("Clerk"), std::nullopt);
  EXPECT_EQ(parse_role(""), std::nullopt);
}

TEST(Roles, RolesOfABureauGoTogetherAndNeedOneThatIsKnown) {
  EXPECT_EQ(flaw_of({Role::clerk}, "park"), "");
  EXPECT_EQ(flaw_of({Role::clerk, Role::checker, Role::reviewer, Role::supervisor}, "tax"), "");
  EXPECT_EQ(flaw_of({Role::checker, Role::reviewer}),
            "checker is a role of one bureau: say of which (--bureau)");
  EXPECT_EQ(flaw_of({Role::clerk}, "port"), "there is no bureau port; there are park, tax");
}

// Every pair of roles, with a bureau and without.
TEST(Roles, OfficesOfTheNodeStandAlone) {
  for (const Role one : all) {
    for (const Role other : all) {
      const bool of_node = is_of_node(one) || is_of_node(other);
      const bool mixed = of_node && one != other;
      const std::string names = std::string(to_string(one)) + " " + std::string(to_string(other));
      EXPECT_EQ(flaw_of({one, other}, "park").empty(), !of_node) << names;
      EXPECT_EQ(flaw_of({one, other}).empty(), of_node && !mixed) << names;
    }
  }
}

TEST(Roles, SentenceSaysWhatToDo) {
  EXPECT_THAT(flaw_of({}), HasSubstr("at least one role: clerk, checker"));
  EXPECT_THAT(flaw_of({Role::administrator, Role::auditor}),
              HasSubstr("never one person (三员分立): give each an account of its own"));
  EXPECT_THAT(flaw_of({Role::clerk, Role::auditor}, "park"),
              HasSubstr("auditor is a role of the node and does not go with roles of a bureau"));
  EXPECT_EQ(flaw_of({Role::security_officer}, "park"),
            "security-officer is a role of the node and has no bureau: leave park out");
}

}  // namespace
}  // namespace sluice::people

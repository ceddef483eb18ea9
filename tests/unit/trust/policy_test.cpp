#include "trust/policy.h"

#include <gtest/gtest.h>

#include "trust/directory.h"

namespace sluice::test {
namespace {

using record::BureauId;
using record::DatasetId;
using record::Mode;

TEST(Policy, DeniesWhatIsNotGranted) {
  EXPECT_FALSE(
      trust::Policy().may_publish(BureauId("park"), DatasetId("enterprise"), Mode::direct));
}

TEST(Policy, GrantsABureauADatasetByAModeAndNothingElse) {
  const trust::Policy policy({{BureauId("park"), DatasetId("enterprise"), Mode::direct}});
  EXPECT_TRUE(policy.may_publish(BureauId("park"), DatasetId("enterprise"), Mode::direct));
  EXPECT_FALSE(policy.may_publish(BureauId("park"), DatasetId("enterprise"), Mode::disk));
  EXPECT_FALSE(policy.may_publish(BureauId("park"), DatasetId("licence"), Mode::direct));
  EXPECT_FALSE(policy.may_publish(BureauId("quality"), DatasetId("enterprise"), Mode::direct));
}

TEST(Policy, LetsOnlyTheNodeThatBringsABureausBatchesAskForThem) {
  const trust::Policy policy({}, {{record::NodeId("front-1"), {BureauId("park")}}});
  EXPECT_TRUE(policy.may_carry(record::NodeId("front-1"), BureauId("park")));
  EXPECT_TRUE(policy.may_compare(record::NodeId("front-1"), BureauId("park")));
  EXPECT_FALSE(policy.may_carry(record::NodeId("front-1"), BureauId("quality")));
  EXPECT_FALSE(policy.may_carry(record::NodeId("front-2"), BureauId("park")));
  EXPECT_FALSE(policy.may_carry(BureauId("park"), BureauId("park"))) << "a bureau is no node";
  EXPECT_FALSE(policy.may_carry(trust::Operator{}, BureauId("park")));
}

TEST(Policy, LetsOnlyAnOperatorSteerTheNode) {
  const trust::Policy policy;
  EXPECT_TRUE(policy.may_operate(trust::Operator{}));
  EXPECT_FALSE(policy.may_operate(trust::Stranger{}));
  EXPECT_FALSE(policy.may_operate(BureauId("park")));
  EXPECT_FALSE(policy.may_operate(record::NodeId("front-1")));
}

// Who has which right, role by role: "own" for that role's bureau alone, "all" for every one.
TEST(Policy, GivesEachRoleWhatItsWorkNeeds) {
  using people::Role;
  using enum trust::PersonalRight;
  struct Row {
    Role role;
    std::map<trust::PersonalRight, std::string> rights;
  };
  const std::vector<Row> table{
      {Role::clerk, {{see_streams, "own"}, {key_records, "own"}}},
      {Role::checker, {{see_streams, "own"}, {check_records, "own"}}},
      {Role::reviewer,
       {{see_streams, "own"}, {handle_refused_rows, "own"}, {review_records, "own"}}},
      {Role::supervisor,
       {{see_streams, "own"},
        {see_runs, "own"},
        {handle_refused_rows, "own"},
        {see_comparisons, "own"},
        {see_differing_keys, "own"},
        {direct_work, "own"}}},
      {Role::administrator,
       {{see_streams, "all"},
        {see_runs, "all"},
        {steer_runs, "all"},
        {handle_refused_rows, "all"},
        {see_comparisons, "all"},
        {see_differing_keys, "all"}}},
      {Role::security_officer, {{see_streams, "all"}, {see_runs, "all"}}},
      {Role::auditor, {{see_streams, "all"}, {see_runs, "all"}, {see_comparisons, "all"}}},
  };
  ASSERT_EQ(table.size(), people::role_names().size());
  const trust::Policy policy;
  for (const Row& row : table) {
    people::Assignment person{.roles = {row.role}, .bureau = std::nullopt};
    if (!people::is_of_node(row.role)) person.bureau = BureauId("park");
    for (std::size_t i = 0; i < trust::personal_right_count; ++i) {
      const auto right = static_cast<trust::PersonalRight>(i);
      const auto granted = row.rights.find(right);
      const std::string scope = granted == row.rights.end() ? "" : granted->second;
      EXPECT_EQ(policy.may(person, right, BureauId("park")), !scope.empty())
          << to_string(row.role) << ", right " << i;
      EXPECT_EQ(policy.may(person, right, BureauId("quality")), scope == "all")
          << to_string(row.role) << ", right " << i << ", another bureau";
    }
  }
}

TEST(Policy, GivesWhoHasNoRoleNothing) {
  EXPECT_FALSE(trust::Policy().may({}, trust::PersonalRight::see_streams, BureauId("park")));
}

const auto noon = record::parse_time("2026-11-23T12:00:00.000Z").value();

const trust::Directory::Entry* found(const trust::Directory& directory,
                                     const std::string& subject) {
  return directory.find({subject, {}, "CN=authority"}, noon);
}

TEST(Directory, KnowsABureauOrANodeByItsWholeSubjectOnly) {
  const trust::Directory directory({{"CN=park,O=Sluice development", BureauId("park")},
                                    {"CN=front-1", record::NodeId("front-1")}});
  const auto* park = found(directory, "CN=park,O=Sluice development");
  ASSERT_NE(park, nullptr);
  EXPECT_EQ(park->holder, trust::Directory::Holder(BureauId("park")));
  const auto* node = found(directory, "CN=front-1");
  ASSERT_NE(node, nullptr);
  EXPECT_EQ(node->holder, trust::Directory::Holder(record::NodeId("front-1")));
  EXPECT_EQ(found(directory, "CN=park"), nullptr);
  EXPECT_EQ(found(directory, "CN=park,O=Other"), nullptr);
  EXPECT_EQ(found(directory, ""), nullptr);
}

TEST(Directory, KnowsANameForItsTimeAndOfItsAuthorityOnly) {
  trust::Directory directory;
  directory.add({{.subject = "CN=park", .issuer = "CN=old", .until = noon}, BureauId("park")});
  directory.add({{.subject = "CN=park", .issuer = "CN=new", .from = noon}, BureauId("park")});
  const auto before = noon - std::chrono::milliseconds(1);
  EXPECT_NE(directory.find({"CN=park", {}, "CN=old"}, before), nullptr);
  EXPECT_EQ(directory.find({"CN=park", {}, "CN=old"}, noon), nullptr);
  EXPECT_NE(directory.find({"CN=park", {}, "CN=new"}, noon), nullptr);
  EXPECT_EQ(directory.find({"CN=park", {}, "CN=new"}, before), nullptr);
  EXPECT_EQ(directory.find({"CN=park", {}, "CN=other"}, noon), nullptr);
}

}  // namespace
}  // namespace sluice::test

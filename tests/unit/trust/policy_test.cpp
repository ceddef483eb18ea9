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

TEST(Directory, KnowsABureauOrANodeByItsWholeSubjectOnly) {
  const trust::Directory directory({{"CN=park,O=Sluice development", BureauId("park")},
                                    {"CN=front-1", record::NodeId("front-1")}});
  const auto* park = directory.find("CN=park,O=Sluice development");
  ASSERT_NE(park, nullptr);
  EXPECT_EQ(*park, trust::Directory::Holder(BureauId("park")));
  const auto* node = directory.find("CN=front-1");
  ASSERT_NE(node, nullptr);
  EXPECT_EQ(*node, trust::Directory::Holder(record::NodeId("front-1")));
  EXPECT_EQ(directory.find("CN=park"), nullptr);
  EXPECT_EQ(directory.find("CN=park,O=Other"), nullptr);
  EXPECT_EQ(directory.find(""), nullptr);
}

}  // namespace
}  // namespace sluice::test

// What an edge makes of answers that it can not read: whether they are a center's at all, or one's
// that is of a later version.
#include "link/https/center_answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice::link::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr const char* address_of_center = "https://center:8443";

LinkFailure failure_to_read(const std::string& body, const std::string& protocol) {
  const auto receipt =
      read_receipt({.status = 200, .body = body, .protocol = protocol}, address_of_center);
  EXPECT_FALSE(receipt);
  return receipt ? LinkFailure{} : receipt.error();
}

TEST(CenterAnswer, OfALaterVersionThatIsNotUnderstoodAsksForAnUpgradeOfThisNode) {
  const LinkFailure failure = failure_to_read(R"({"receipts":[]})", "2");
  EXPECT_EQ(failure.code, LinkProblem::refused) << "what waits stays, and is sent again";
  EXPECT_EQ(failure.place, address_of_center);
  EXPECT_THAT(failure.sentence, AllOf(HasSubstr("speaks version 2"), HasSubstr("up to 1"),
                                      HasSubstr("upgrade this node"),
                                      Not(HasSubstr("is this address the center's"))));
}

TEST(CenterAnswer, OfAnyOtherThatIsNotUnderstoodAsksWhoseItIs) {
  for (const char* protocol : {"", "1", "later"}) {
    EXPECT_THAT(failure_to_read("<html>", protocol).sentence,
                HasSubstr("is this address the center's"))
        << protocol;
  }
}

TEST(CenterAnswer, WhereAStreamStandsIsToldTheSameWay) {
  const auto place =
      read_place({.status = 200, .body = "[]", .protocol = "2"}, {}, address_of_center);
  ASSERT_FALSE(place);
  EXPECT_THAT(place.error().sentence, HasSubstr("upgrade this node"));
}

}  // namespace
}  // namespace sluice::link::test

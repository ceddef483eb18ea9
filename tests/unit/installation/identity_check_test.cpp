#include "installation/identity_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/batch_builder.h"

namespace sluice::installation::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Its certificate holds from 2020 to 2090.
class IdentityCheckTest : public testing::Test {
 protected:
  IdentityCheckTest() {
    settings_.identity.certificate = node_.files.certificate;
    settings_.identity.key = node_.files.key;
    settings_.identity.authorities = node_.authorities();
  }
  [[nodiscard]] IdentityFindings at(const std::string& time) const {
    return check_identity(settings_, record::test::moment(time));
  }
  [[nodiscard]] IdentityFindings now() const { return at("2026-12-01T12:00:00.000Z"); }

  record::test::SigningNode node_;
  settings::Node settings_;
};

TEST_F(IdentityCheckTest, FindsNothingWhereAllIsWell) {
  EXPECT_THAT(now().complaints, IsEmpty());
  EXPECT_THAT(now().warnings, IsEmpty());
}

TEST_F(IdentityCheckTest, FindsACertificateThatHasEndedOrHasNotBegun) {
  EXPECT_THAT(at("2091-01-01T00:00:00.000Z").complaints,
              ElementsAre(AllOf(HasSubstr(node_.files.certificate.string()),
                                HasSubstr("CN=front-end-1, which ended at 2090-01-01"))));
  EXPECT_THAT(at("2019-01-01T00:00:00.000Z").complaints,
              ElementsAre(HasSubstr("does not begin before 2020-01-01")));
}

TEST_F(IdentityCheckTest, FindsAKeyThatIsNotThatOfTheCertificate) {
  const record::test::SigningNode other;
  settings_.identity.key = other.files.key;
  EXPECT_THAT(now().complaints, ElementsAre(AllOf(HasSubstr(other.files.key.string()),
                                                  HasSubstr("expected the private key of"))));
}

TEST_F(IdentityCheckTest, WarnsOfACertificateThatIsNotOfTheNodesOwnAuthorities) {
  const record::test::SigningNode other;
  settings_.identity.authorities = other.authorities();
  EXPECT_THAT(now().complaints, IsEmpty());
  EXPECT_THAT(now().warnings, ElementsAre(HasSubstr("is not believed by this node's own")));
}

TEST_F(IdentityCheckTest, LooksAtThePagesTooAndAlsoWhereTheIdentityIsStillAwaited) {
  settings_.identity.missing.push_back({});
  settings_.pages.emplace();
  settings_.pages->certificate = node_.files.certificate;
  settings_.pages->key = node_.files.key;
  EXPECT_THAT(now().complaints, IsEmpty());
  EXPECT_THAT(at("2091-01-01T00:00:00.000Z").complaints, ElementsAre(HasSubstr("ended at")));
  const record::test::SigningNode other;
  settings_.pages->key = other.files.key;
  EXPECT_THAT(now().complaints, ElementsAre(HasSubstr(other.files.key.string())));
}

}  // namespace
}  // namespace sluice::installation::test

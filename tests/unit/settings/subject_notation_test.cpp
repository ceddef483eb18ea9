#include "settings/subject_notation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "configuration.h"

namespace sluice::settings::test {
namespace {

using testing::Optional;
using testing::StrEq;

TEST(SubjectNotation, OfSlashesAndOfSpacesIsTurnedRound) {
  EXPECT_THAT(in_rfc_2253("/C=CN/O=Haidian/CN=park"), Optional(StrEq("CN=park,O=Haidian,C=CN")));
  EXPECT_THAT(in_rfc_2253("C = CN, O = Haidian, CN = park"),
              Optional(StrEq("CN=park,O=Haidian,C=CN")));
  EXPECT_THAT(in_rfc_2253("CN = park"), Optional(StrEq("CN=park")));
}

TEST(SubjectNotation, WithSpacesBehindTheCommasHasThemTakenOut) {
  EXPECT_THAT(in_rfc_2253("CN=park, O=Haidian, C=CN"), Optional(StrEq("CN=park,O=Haidian,C=CN")));
}

TEST(SubjectNotation, OfRfc2253IsLeftAsItIs) {
  for (const char* name : {"CN=park", "CN=park,O=Sluice development", "CN=a\\, b,O=x",
                           "CN=海淀区,O=a/b", "OU=x+CN=y,O=z", "O=a\\=b = c"}) {
    EXPECT_EQ(in_rfc_2253(name), std::nullopt) << name;
  }
}

TEST(SubjectNotation, OfNoNameAtAllIsNone) {
  for (const char* name : {"", "park", "/", "park, Haidian", "/park/Haidian"})
    EXPECT_EQ(in_rfc_2253(name), std::nullopt) << name;
}

TEST(SubjectNotation, OfAnotherKindIsRefusedAndTheRightOneSaid) {
  Configuration configuration;
  configuration.with("bureaus/park.yaml", "certificate_subject: CN=park",
                     "certificate_subject: O = Haidian, CN = park");
  EXPECT_THAT(configuration.complaints(),
              testing::ElementsAre(testing::AllOf(
                  testing::HasSubstr("found `O = Haidian, CN = park`, which is another notation"),
                  testing::HasSubstr("`CN=park,O=Haidian`"))));
}

}  // namespace
}  // namespace sluice::settings::test

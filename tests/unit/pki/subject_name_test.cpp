#include "pki/subject_name.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice::pki::test {
namespace {

using testing::HasSubstr;

std::string read_back(const std::string& text) {
  const auto name = parse_subject(text, "identity.subject");
  return name ? record::openssl::name_text(name->get()) : to_string(name.error());
}

TEST(SubjectName, IsReadOutOfACertificateAsItWasWritten) {
  for (const char* text : {"CN=front-1,O=Haidian", "CN=park", "CN=地税局,OU=a\\, b,O=海淀区,C=CN",
                           "CN=\\#1,O=a\\+b"}) {
    EXPECT_EQ(read_back(text), text);
  }
}

TEST(SubjectName, InAnotherNotationIsRefusedWithTheRightOne) {
  EXPECT_THAT(read_back("CN=front-1, O=Haidian"), HasSubstr("` O=Haidian`"));
  EXPECT_THAT(read_back("commonName=front-1,O=Haidian"),
              HasSubstr("as `CN=front-1,O=Haidian`: write it so"));
  EXPECT_THAT(read_back("CN=a\\2Cb"), HasSubstr("as `CN=a\\,b`: write it so"));
}

TEST(SubjectName, ThatIsNoneIsRefused) {
  for (const char* text : {"", "front-1", "CN=", "CN=a,", "XX=a", "/O=Haidian/CN=front-1"}) {
    EXPECT_THAT(read_back(text), HasSubstr("identity.subject: found `")) << text;
  }
}

TEST(SubjectName, OfAnotherBesideItDiffersInTheCommonNameAlone) {
  EXPECT_EQ(beside("CN=center,OU=a\\, b,O=Haidian", "park"), "CN=park,OU=a\\, b,O=Haidian");
  EXPECT_EQ(beside("CN=center", "park"), "CN=park");
}

}  // namespace
}  // namespace sluice::pki::test

// A certificate in a file, before an account is bound to it.
#include "trust/person_certificate.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "audit_directory.h"
#include "support/development_ca.h"

namespace sluice::test {
namespace {

using testing::HasSubstr;
using trust::read_person_certificate;
using trust::TlsProblem;

class PersonCertificateTest : public testing::Test {
 protected:
  static std::filesystem::path made(const std::filesystem::path& folder) {
    std::filesystem::create_directory(folder);
    return folder;
  }
  auto read(const std::filesystem::path& file) {
    return read_person_certificate(file, authority.authorities(), authority.revocations());
  }
  void expect_refused(const std::filesystem::path& file, const std::string& reason) {
    const auto refused = read(file);
    ASSERT_FALSE(refused) << reason;
    EXPECT_EQ(refused.error().code, TlsProblem::refused);
    EXPECT_EQ(refused.error().place, file);
    EXPECT_THAT(refused.error().sentence, HasSubstr(reason));
  }

  AuditDirectory directory;
  DevelopmentCa authority{directory.root()};
  DevelopmentCa other{made(directory.root() / "other"), "Other CA"};
};

TEST_F(PersonCertificateTest, IsReadWithItsIssuer) {
  const auto certificate = read(authority.issue("wang").certificate);
  ASSERT_TRUE(certificate) << to_string(certificate.error());
  EXPECT_EQ(certificate->subject, DevelopmentCa::subject("wang"));
  EXPECT_EQ(certificate->issuer, DevelopmentCa::subject("Sluice test CA"));
}

TEST_F(PersonCertificateTest, ThatAConnectionWouldNotTakeIsRefusedWithTheReason) {
  expect_refused(authority.issue("late", DevelopmentCa::Validity::expired).certificate, "expired");
  expect_refused(other.issue("wang").certificate, "unknown-authority");
  const auto revoked = authority.issue("gone").certificate;
  authority.revoke("gone");
  expect_refused(revoked, "revoked");
  expect_refused(authority.authorities(), "wrong-purpose");
}

TEST_F(PersonCertificateTest, IsNotCheckedWhereThereAreNoAuthorities) {
  const auto certificate = read_person_certificate(other.issue("wang").certificate, {}, {});
  ASSERT_TRUE(certificate);
  EXPECT_EQ(certificate->issuer, DevelopmentCa::subject("Other CA"));
}

TEST_F(PersonCertificateTest, AnotherFileIsSaid) {
  const auto key = authority.issue("wang").key;
  for (const auto& file : {key, directory.root() / "missing.pem"}) {
    const auto failed = read(file);
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, TlsProblem::unreadable);
    EXPECT_EQ(failed.error().place, file);
    EXPECT_THAT(failed.error().sentence, HasSubstr("expected a PEM certificate"));
  }
}

}  // namespace
}  // namespace sluice::test

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/doctor/examined_node.h"

namespace sluice::doctor::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class IdentityChecks : public testing::Test {
 protected:
  Findings looked(const std::string& name) { return look(identity_checks(node.shared()), name); }
  void is_well(const std::string& name) {
    const Findings findings = looked(name);
    EXPECT_EQ(worst(findings), Verdict::ok) << told(findings);
  }
  void is(Verdict verdict, const std::string& name, const std::string& words,
          const std::string& remedy) {
    const Findings findings = looked(name);
    EXPECT_EQ(worst(findings), verdict) << told(findings);
    EXPECT_THAT(told(findings), AllOf(HasSubstr(words), HasSubstr("-> "), HasSubstr(remedy)));
  }
  ExaminedNode node;
};

TEST_F(IdentityChecks, OfANodeThatIsCertifiedAreWell) {
  for (const char* name : {"identity-files", "certificate", "chain", "revocation-lists"})
    is_well(name);
}

TEST_F(IdentityChecks, AKeyThatIsNotThereIsMadeByARequest) {
  std::filesystem::remove(node.node().identity.key);
  is(Verdict::wrong, "identity-files", "front-1.key: the key: not there yet",
     "pki request > front-1.csr`");
}

TEST_F(IdentityChecks, ACertificateThatIsNotThereIsMadeAtTheCenter) {
  std::filesystem::remove(node.node().identity.certificate);
  is(Verdict::wrong, "identity-files", "the certificate: not there yet",
     "at the center: `sluice pki issue front-1.csr`");
}

TEST_F(IdentityChecks, WithAnAuthorityOfItsOwnANodeMakesItsFilesItself) {
  node.node().identity.authorities = node.surroundings.configuration / "authority/ca.pem";
  node.node().identity.revocations = node.surroundings.configuration / "authority/crl.pem";
  std::filesystem::remove(node.node().identity.certificate);
  const std::string all = told(looked("identity-files"));
  EXPECT_THAT(all, AllOf(HasSubstr("pki init`"), HasSubstr("pki crl`"),
                         HasSubstr("pki issue front-1.csr --out")));
}

TEST_F(IdentityChecks, ACertificateThatHasEndedIsNamedWithItsEnd) {
  node.pass(std::chrono::days(366));
  is(Verdict::wrong, "certificate", "CN=front-1,O=Sluice has ended on 20",
     "pki request > front-1.csr`");
}

TEST_F(IdentityChecks, ACertificateThatEndsSoonIsAWarning) {
  node.pass(std::chrono::days(330));
  is_well("certificate");
  node.pass(std::chrono::days(340));
  is(Verdict::warning, "certificate", "days)", "pki request");
}

TEST_F(IdentityChecks, ACertificateOfLaterIsOneOfAClockThatIsWrong) {
  node.pass(std::chrono::days(-30));
  is(Verdict::wrong, "certificate", "this machine's clock says", "set the clock");
  is(Verdict::wrong, "revocation-lists", "this machine's clock is before that", "set the clock");
}

TEST_F(IdentityChecks, AKeyOfAnotherCertificateIsWrong) {
  node.node().identity.key = node.issue("other").key;
  is(Verdict::wrong, "certificate", "other.key", "pki request");
}

TEST_F(IdentityChecks, ACertificateOfAnotherSubjectIsWrongAndBothAreNamed) {
  node.node().identity.subject = "CN=local-tax-front-end,O=Sluice";
  is(Verdict::wrong, "certificate",
     "it is the certificate of `CN=front-1,O=Sluice`, and `identity.subject` is "
     "`CN=local-tax-front-end,O=Sluice`",
     "identity.subject");
}

TEST_F(IdentityChecks, ACertificateOfAnotherAuthorityIsBelievedByNobody) {
  const auto other = pki::Authority::found(node.directory / "other", "CN=Other,O=Sluice",
                                           std::nullopt, {}, installation::system_now());
  ASSERT_TRUE(other);
  node.node().identity.authorities = other->certificate_file();
  node.node().identity.revocations = other->list_file();
  is(Verdict::wrong, "chain", "nobody would believe this node's signatures", "openssl x509");
}

TEST_F(IdentityChecks, ARevokedCertificateIsBelievedByNobody) {
  const auto serial = pki::serial_of(node.node().identity.certificate.string());
  ASSERT_TRUE(serial);
  ASSERT_TRUE(node.authority.revoke(*serial, "keyCompromise", std::chrono::days(90),
                                    installation::system_now()));
  is(Verdict::wrong, "chain", "revoked", "");
}

TEST_F(IdentityChecks, ARevocationListThatIsOutOfDateIsNamedWithWhatMakesANewOne) {
  node.pass(std::chrono::days(91));
  is(Verdict::wrong, "revocation-lists", "out of date", "sluice pki crl");
  is(Verdict::wrong, "chain", "crl.pem", "sluice pki crl");
}

TEST_F(IdentityChecks, ARevocationListThatEndsSoonIsAWarning) {
  node.pass(std::chrono::days(85));
  is(Verdict::warning, "revocation-lists", "in force until", "bring its authority/crl.pem here");
}

TEST_F(IdentityChecks, AFileThatHoldsNoListIsWrong) {
  record::test::write_file(node.node().identity.revocations, "nothing\n");
  is(Verdict::wrong, "revocation-lists", "there is no PEM revocation list in it", "pki crl");
}

TEST_F(IdentityChecks, ThePagesCertificateIsLookedAtToo) {
  const auto issued = node.issue("pages");
  node.node().pages.emplace();
  node.node().pages->certificate = issued.certificate;
  node.node().pages->key = issued.key;
  is_well("pages-certificate");
  node.pass(std::chrono::days(366));
  is(Verdict::wrong, "pages-certificate", "has ended on", "renewed");
}

}  // namespace
}  // namespace sluice::doctor::test

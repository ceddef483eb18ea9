// What the small authority makes, judged by those who judge certificates and signatures.
#include "pki/authority.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/rsa.h>
#include <openssl/ssl.h>
#include <sys/stat.h>

#include "pki/identity_files.h"
#include "pki/private_key.h"
#include "record/signature.h"
#include "support/temporary_directory.h"
#include "trust/person_certificate.h"
#include "trust/tls_context.h"

namespace sluice::pki::test {
namespace {

using record::test::read_file;
using testing::HasSubstr;
using namespace std::chrono_literals;

constexpr const char* subject = "CN=front-1,O=Haidian";

record::Time now() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

mode_t mode_of(const std::filesystem::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) throw std::runtime_error("no " + path.string());
  return status.st_mode & 0777U;
}

class AuthorityTest : public testing::Test {
 protected:
  [[nodiscard]] Authority founded(const std::string& name = "authority") const {
    auto made = Authority::found(directory / name, "CN=Root,O=Haidian", std::nullopt, {}, now());
    if (!made) throw std::runtime_error(to_string(made.error()));
    return std::move(*made);
  }
  // A key and certificate of front-1, in files.
  [[nodiscard]] IdentityFiles certified(const Authority& authority, Purpose purpose,
                                        const std::string& name = "front-1") const {
    IdentityFiles files{directory / (name + ".pem"), directory / (name + ".key")};
    const auto done =
        certify_here(authority, subject, purpose, {"localhost", "127.0.0.1"}, files, {0600}, now());
    if (!done) throw std::runtime_error(to_string(done.error()));
    return files;
  }
  [[nodiscard]] static CertificateRequest request_of(EVP_PKEY* key) {
    return read_request(make_request(key, subject, {}).value(), "front-1.csr").value();
  }

  const record::test::TemporaryDirectory directory;
};

TEST_F(AuthorityTest, CertifiesANodeWhoseSignaturesCountUntilItIsRevoked) {
  const Authority authority = founded();
  const IdentityFiles files = certified(authority, Purpose::node);
  const auto signer = record::Signer::load(files.certificate, files.key);
  ASSERT_TRUE(signer) << to_string(signer.error());
  EXPECT_EQ(signer->subject(), subject);
  const std::string signature = signer->sign("content");
  const auto judged = [&](record::Time made, record::Time at) {
    const auto verifier =
        record::Verifier::load(authority.certificate_file(), authority.list_file());
    if (!verifier) throw std::runtime_error(to_string(verifier.error()));
    return verifier->verify("content", signature, record::Judgement::of_arrival(made, at));
  };
  const auto good = judged(now(), now());
  ASSERT_TRUE(good) << to_string(good.error());
  EXPECT_EQ(good->issuer, "CN=Root,O=Haidian");

  const auto stale = judged(now(), now() + std::chrono::days(91));
  ASSERT_FALSE(stale);
  EXPECT_EQ(stale.error().code, record::SignatureProblem::outdated_list);
  ASSERT_TRUE(authority.renew_list(std::chrono::days(100), now()));
  EXPECT_TRUE(judged(now(), now() + std::chrono::days(91)));

  const std::string serial = serial_of(files.certificate.string()).value();
  const record::Time before = now() - 1min;
  ASSERT_TRUE(authority.revoke(serial, "superseded", std::chrono::days(90), now()));
  EXPECT_TRUE(judged(before, now())) << "superseded leaves good what was made before";
  const auto revoked = judged(now() + 1s, now() + 1s);
  ASSERT_FALSE(revoked);
  EXPECT_EQ(revoked.error().code, record::SignatureProblem::revoked);
}

TEST_F(AuthorityTest, RevokesForAReasonThatWorksBackwards) {
  const Authority authority = founded();
  const IdentityFiles files = certified(authority, Purpose::node);
  const std::string signature =
      record::Signer::load(files.certificate, files.key).value().sign("content");
  const std::string serial = serial_of(files.certificate.string()).value();
  ASSERT_TRUE(authority.revoke(serial, "keyCompromise", std::chrono::days(90), now()));
  const auto verifier =
      record::Verifier::load(authority.certificate_file(), authority.list_file()).value();
  const auto refused =
      verifier.verify("content", signature, record::Judgement::of_arrival(now() - 1min, now()));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, record::SignatureProblem::revoked);
}

TEST_F(AuthorityTest, ARevokedOneMayGetAWorseReasonAndNoMilderOne) {
  const Authority authority = founded();
  const IdentityFiles files = certified(authority, Purpose::node);
  const std::string serial = serial_of(files.certificate.string()).value();
  const auto revoke = [&](const char* reason) {
    return authority.revoke(serial, reason, std::chrono::days(90), now()).has_value();
  };
  EXPECT_TRUE(revoke("superseded"));
  EXPECT_TRUE(revoke("superseded"));
  EXPECT_TRUE(revoke("keyCompromise"));
  const std::string noted = read_file(directory / "authority/revoked");
  EXPECT_THAT(noted, HasSubstr("keyCompromise"));
  EXPECT_FALSE(revoke("superseded"));
  EXPECT_FALSE(revoke("unspecified"));
  EXPECT_EQ(read_file(directory / "authority/revoked"), noted);
}

TEST_F(AuthorityTest, CertifiesWhoServesAndCallsByTls) {
  const Authority authority = founded();
  const IdentityFiles node = certified(authority, Purpose::node);
  const trust::TlsFiles files{node.certificate, node.key, authority.certificate_file(),
                              authority.list_file()};
  EXPECT_TRUE(trust::make_server_context(files));
  EXPECT_TRUE(trust::make_client_context(files));
  const auto called = trust::read_person_certificate(node.certificate, authority.certificate_file(),
                                                     authority.list_file());
  EXPECT_TRUE(called) << to_string(called.error());
}

TEST_F(AuthorityTest, CertifiesACallerForNothingButCalling) {
  const Authority authority = founded();
  const IdentityFiles caller = certified(authority, Purpose::caller, "park");
  const auto called = trust::read_person_certificate(
      caller.certificate, authority.certificate_file(), authority.list_file());
  ASSERT_TRUE(called) << to_string(called.error());
  const auto context = trust::make_open_server_context({caller.certificate, caller.key});
  ASSERT_TRUE(context);
  X509* const certificate = SSL_CTX_get0_certificate(context->get());
  EXPECT_EQ(X509_check_purpose(certificate, X509_PURPOSE_SSL_CLIENT, 0), 1);
  EXPECT_EQ(X509_check_purpose(certificate, X509_PURPOSE_SSL_SERVER, 0), 0);
  EXPECT_EQ(X509_check_purpose(certificate, X509_PURPOSE_SMIME_SIGN, 0), 0);
  EXPECT_EQ(X509_check_ca(certificate), 0);
}

TEST_F(AuthorityTest, IsFoundAgainAndKeepsItsKeyToItself) {
  static_cast<void>(certified(founded(), Purpose::node));
  const auto again = Authority::open(directory / "authority", std::nullopt);
  ASSERT_TRUE(again) << to_string(again.error());
  EXPECT_EQ(again->subject(), "CN=Root,O=Haidian");
  EXPECT_EQ(mode_of(directory / "authority/ca.key"), 0600U);
  EXPECT_EQ(mode_of(directory / "authority/ca.pem"), 0644U);
  EXPECT_EQ(mode_of(directory / "authority/crl.pem"), 0644U);
  EXPECT_EQ(mode_of(directory / "authority"), 0750U);
}

TEST_F(AuthorityTest, IsNeverMadeOverAnother) {
  const Authority first = founded();
  const std::string key = read_file(directory / "authority/ca.key");
  const auto second = Authority::found(directory / "authority", "CN=Root", std::nullopt, {}, now());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, PkiProblem::exists);
  EXPECT_EQ(read_file(directory / "authority/ca.key"), key);
}

TEST_F(AuthorityTest, DoesNotCertifyForLongerThanItHolds) {
  const Authority authority = founded();
  const auto key = new_key();
  const auto refused =
      authority.certify(request_of(key.get()), Purpose::node, {}, std::chrono::days(3651), now());
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().sentence, HasSubstr("fewer --days"));
}

TEST_F(AuthorityTest, DoesNotCertifyAKeyThatNoSignatureWouldCountBy) {
  const Authority authority = founded();
  for (const char* curve : {"P-224", "secp256k1"}) {
    const record::openssl::PrivateKey key(EVP_EC_gen(curve));
    const auto refused =
        authority.certify(request_of(key.get()), Purpose::node, {}, std::chrono::days(365), now());
    ASSERT_FALSE(refused) << curve;
    EXPECT_THAT(refused.error().sentence, HasSubstr("wanted is one for ECDSA on P-256"));
  }
}

TEST_F(AuthorityTest, GivesEachCertificateANumberOfItsOwnAndKeepsACopy) {
  const Authority authority = founded();
  const auto key = new_key();
  const auto once = [&] {
    return authority.certify(request_of(key.get()), Purpose::node, {}, std::chrono::days(1), now())
        .value();
  };
  const Certified first = once();
  const Certified second = once();
  EXPECT_NE(first.serial, second.serial);
  EXPECT_EQ(first.serial.size(), 32U);
  EXPECT_EQ(read_file(directory / "authority/issued" / (first.serial + ".pem")), first.certificate);
}

TEST_F(AuthorityTest, RevokesNothingThatItHasNotIssued) {
  const Authority authority = founded();
  for (const char* serial : {"4FA0", "../ca", ""}) {
    const auto refused = authority.revoke(serial, "superseded", std::chrono::days(90), now());
    ASSERT_FALSE(refused) << serial;
    EXPECT_THAT(refused.error().sentence, HasSubstr("has issued no certificate of this"));
  }
}

TEST_F(AuthorityTest, MakesNoListOutOfNotesThatItCanNotRead) {
  const Authority authority = founded();
  record::test::write_file(directory / "authority/revoked", "4FA0 yesterday superseded\n");
  const auto refused = authority.renew_list(std::chrono::days(90), now());
  ASSERT_FALSE(refused);
  EXPECT_THAT(to_string(refused.error()), HasSubstr("authority/revoked:1: expected a serial"));
  std::filesystem::remove(directory / "authority/revoked");
  EXPECT_FALSE(authority.renew_list(std::chrono::days(90), now())) << "a list without them all";
}

TEST_F(AuthorityTest, TakesASerialNumberAsPeopleWriteIt) {
  EXPECT_EQ(serial_of("4f:a0"), "4FA0");
  EXPECT_EQ(serial_of("4FA0"), "4FA0");
}

}  // namespace
}  // namespace sluice::pki::test

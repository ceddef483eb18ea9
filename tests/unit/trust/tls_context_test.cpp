#include "trust/tls_context.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <sys/stat.h>

#include "audit_directory.h"
#include "support/development_ca.h"

namespace sluice::test {
namespace {

using testing::HasSubstr;
using trust::make_server_context;
using trust::TlsFiles;
using trust::TlsProblem;

class TlsContextTest : public testing::Test {
 protected:
  TlsFiles good() {
    return {node.certificate, node.key, authority.authorities(), authority.revocations()};
  }
  static void expect_failure(const TlsFiles& files, TlsProblem problem,
                             const std::filesystem::path& blamed) {
    const auto context = make_server_context(files);
    ASSERT_FALSE(context.has_value());
    EXPECT_EQ(context.error().code, problem);
    EXPECT_EQ(context.error().place, blamed);
  }

  AuditDirectory directory;
  DevelopmentCa authority{directory.root()};
  IssuedFiles node = authority.issue("node");
};

TEST_F(TlsContextTest, AsksForACertificateAndNeverResumes) {
  const auto context = make_server_context(good());
  ASSERT_TRUE(context.has_value()) << to_string(context.error());
  EXPECT_EQ(SSL_CTX_get_verify_mode(context->get()),
            SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT);
  EXPECT_EQ(SSL_CTX_get_session_cache_mode(context->get()), SSL_SESS_CACHE_OFF);
  EXPECT_EQ(SSL_CTX_get_num_tickets(context->get()), 0);
  EXPECT_NE(SSL_CTX_get_options(context->get()) & SSL_OP_NO_TICKET, 0);
  EXPECT_EQ(SSL_CTX_get_min_proto_version(context->get()), TLS1_2_VERSION);
}

TEST_F(TlsContextTest, AsksPeopleForACertificateAndNeedsNone) {
  const auto context = trust::make_asking_server_context(good());
  ASSERT_TRUE(context.has_value()) << to_string(context.error());
  EXPECT_EQ(SSL_CTX_get_verify_mode(context->get()), SSL_VERIFY_PEER);
  EXPECT_EQ(SSL_CTX_get_session_cache_mode(context->get()), SSL_SESS_CACHE_OFF);
  EXPECT_EQ(SSL_CTX_get_num_tickets(context->get()), 0);
  EXPECT_NE(SSL_CTX_get_options(context->get()) & SSL_OP_NO_RENEGOTIATION, 0);
  EXPECT_EQ(sk_X509_NAME_num(SSL_CTX_get_client_CA_list(context->get())), 1)
      << "a browser with many certificates shows those that are of use";
}

TEST_F(TlsContextTest, OffersAeadCiphersOnly) {
  const auto context = make_server_context(good());
  ASSERT_TRUE(context.has_value());
  STACK_OF(SSL_CIPHER)* ciphers = SSL_CTX_get_ciphers(context->get());
  for (int i = 0; i < sk_SSL_CIPHER_num(ciphers); ++i) {
    EXPECT_TRUE(SSL_CIPHER_is_aead(sk_SSL_CIPHER_value(ciphers, i)));
  }
}

TEST_F(TlsContextTest, RefusesAKeyThatEverybodyMayRead) {
  ::chmod(node.key.c_str(), 0644);
  expect_failure(good(), TlsProblem::exposed, node.key);
}

TEST_F(TlsContextTest, RefusesAKeyOfAnotherCertificate) {
  TlsFiles files = good();
  files.key = authority.issue("other").key;
  expect_failure(files, TlsProblem::mismatched, files.key);
}

TEST_F(TlsContextTest, SaysWhichFileItCanNotUse) {
  const auto missing = directory.root() / "missing.pem";
  for (auto member :
       {&TlsFiles::certificate, &TlsFiles::key, &TlsFiles::authorities, &TlsFiles::revocations}) {
    TlsFiles files = good();
    files.*member = missing;
    expect_failure(files, TlsProblem::unreadable, missing);
  }
}

TEST_F(TlsContextTest, KnowsWhenItsOwnCertificateExpires) {
  const auto context = make_server_context(good());
  ASSERT_TRUE(context.has_value());
  EXPECT_GT(trust::certificate_of(context->get()).not_after, std::chrono::system_clock::now());
  EXPECT_LT(trust::certificate_of(context->get()).not_after,
            std::chrono::system_clock::now() + std::chrono::days(2));
}

}  // namespace
}  // namespace sluice::test

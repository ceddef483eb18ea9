#include "pki/certificate_request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/pem.h>

#include "pki/private_key.h"

namespace sluice::pki::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(CertificateRequest, SaysWhoAsksAndHowItIsCalled) {
  const auto key = new_key();
  const auto pem =
      make_request(key.get(), "CN=center,O=Haidian", {"center.example", "10.0.0.1", "2001:db8::1"});
  ASSERT_TRUE(pem) << to_string(pem.error());
  const auto request = read_request(*pem, "center.csr");
  ASSERT_TRUE(request) << to_string(request.error());
  EXPECT_EQ(request->subject, "CN=center,O=Haidian");
  EXPECT_THAT(request->hosts, ElementsAre("center.example", "10.0.0.1", "2001:db8::1"));
  EXPECT_EQ(EVP_PKEY_eq(request->key.get(), key.get()), 1);
}

// The same request with another letter in its subject.
std::string with_another_subject(const std::string& pem) {
  const record::openssl::Bio in(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  unsigned char* der = nullptr;
  long size = 0;
  char* name = nullptr;
  char* header = nullptr;
  if (PEM_read_bio(in.get(), &name, &header, &der, &size) != 1) throw std::runtime_error("no PEM");
  std::string bytes(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
  bytes.at(bytes.find("front-1") + 6) = '2';
  const record::openssl::Bio out(BIO_new(BIO_s_mem()));
  PEM_write_bio(out.get(), name, header, reinterpret_cast<const unsigned char*>(bytes.data()),
                static_cast<long>(bytes.size()));
  OPENSSL_free(der);
  OPENSSL_free(name);
  OPENSSL_free(header);
  char* text = nullptr;
  const long length = BIO_get_mem_data(out.get(), &text);
  return {text, static_cast<std::size_t>(length)};
}

TEST(CertificateRequest, ThatWasChangedOnTheWayIsRefused) {
  const auto pem = make_request(new_key().get(), "CN=front-1,O=Haidian", {}).value();
  ASSERT_TRUE(read_request(pem, "front-1.csr"));
  const auto request = read_request(with_another_subject(pem), "front-1.csr");
  ASSERT_FALSE(request);
  EXPECT_EQ(request.error().code, PkiProblem::refused);
  EXPECT_EQ(request.error().place, "front-1.csr");
  EXPECT_THAT(request.error().sentence, HasSubstr("its signature is not by the key that it has"));
}

TEST(CertificateRequest, ThatIsNoneIsRefused) {
  for (const char* text : {"", "-----BEGIN", "subject=CN=front-1"}) {
    EXPECT_EQ(read_request(text, "x.csr").error().code, PkiProblem::unreadable) << text;
  }
}

TEST(CertificateRequest, ForWhatIsNoHostIsNotMade) {
  const auto key = new_key();
  for (const char* host : {"https://center", "center:8443", "", "a b", "DNS:center"}) {
    EXPECT_FALSE(make_request(key.get(), "CN=center", {host})) << host;
  }
}

}  // namespace
}  // namespace sluice::pki::test

#include "support/test_authority.h"

#include <map>
#include <stdexcept>

#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include "record/openssl_handle.h"
#include "support/temporary_directory.h"

namespace sluice::record::test {
namespace {

using RevocationList = std::unique_ptr<X509_CRL, openssl::Free<X509_CRL_free>>;
using Asn1Time = std::unique_ptr<ASN1_TIME, openssl::Free<ASN1_TIME_free>>;

void demand(bool good) {
  if (!good) throw std::runtime_error("OpenSSL: " + openssl::last_error());
}

Asn1Time asn1_time(Time time) {
  return Asn1Time(ASN1_TIME_set(
      nullptr, std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count()));
}

template <class Write>
std::string pem(Write&& write) {
  const openssl::Bio out(BIO_new(BIO_s_mem()));
  demand(write(out.get()) == 1);
  char* data = nullptr;
  const long size = BIO_get_mem_data(out.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

void add_extension(X509* certificate, X509* issuer, int nid, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const std::unique_ptr<X509_EXTENSION, openssl::Free<X509_EXTENSION_free>> extension(
      X509V3_EXT_conf_nid(nullptr, &context, nid, value));
  demand(extension && X509_add_ext(certificate, extension.get(), -1) == 1);
}

openssl::Certificate blank_certificate(const std::string& common_name, EVP_PKEY* key, long serial,
                                       Validity validity) {
  openssl::Certificate certificate(X509_new());
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial);
  X509_set1_notBefore(certificate.get(), asn1_time(validity.from).get());
  X509_set1_notAfter(certificate.get(), asn1_time(validity.until).get());
  X509_set_pubkey(certificate.get(), key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1,
                             0);
  return certificate;
}

openssl::PrivateKey new_key(const std::string& kind) {
  constexpr std::string_view rsa = "RSA-";
  openssl::PrivateKey key(kind.starts_with(rsa) ? EVP_RSA_gen(std::stoul(kind.substr(rsa.size())))
                                                : EVP_EC_gen(kind.c_str()));
  demand(key != nullptr);
  return key;
}

std::string key_pem(EVP_PKEY* key) {
  return pem([&](BIO* out) {
    return PEM_write_bio_PKCS8PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr);
  });
}

std::string certificate_pem(X509* certificate) {
  return pem([&](BIO* out) { return PEM_write_bio_X509(out, certificate); });
}

// RFC 5280, 5.3.1.
long reason_number(const std::string& name) {
  static const std::map<std::string, long> numbers = {
      {"keyCompromise", 1},     {"CACompromise", 2},         {"affiliationChanged", 3},
      {"superseded", 4},        {"cessationOfOperation", 5}, {"certificateHold", 6},
      {"privilegeWithdrawn", 9}};
  return numbers.at(name);
}

}  // namespace

struct TestAuthority::State {
  openssl::PrivateKey key = new_key("P-256");
  openssl::Certificate certificate;
  long serial = 1;
  long last_serial = 1;

  void certify(const std::string& name, X509* issuer, EVP_PKEY* issuers_key);
};

// By itself where there is no issuer.
void TestAuthority::State::certify(const std::string& name, X509* issuer, EVP_PKEY* issuers_key) {
  certificate = blank_certificate(name, key.get(), serial,
                                  {parse_time("2000-01-01T00:00:00.000Z").value(),
                                   parse_time("2100-01-01T00:00:00.000Z").value()});
  X509* const own = certificate.get();
  X509* const by = issuer == nullptr ? own : issuer;
  X509_set_issuer_name(own, X509_get_subject_name(by));
  add_extension(own, by, NID_basic_constraints, "critical,CA:TRUE");
  add_extension(own, by, NID_key_usage, "critical,keyCertSign,cRLSign");
  demand(X509_sign(own, issuer == nullptr ? key.get() : issuers_key, EVP_sha256()) > 0);
}

TestAuthority::TestAuthority(const std::string& name) : state_(std::make_unique<State>()) {
  state_->certify(name, nullptr, nullptr);
}

TestAuthority::TestAuthority(const std::string& name, TestAuthority& superior)
    : state_(std::make_unique<State>()) {
  state_->serial = ++superior.state_->last_serial;
  state_->certify(name, superior.state_->certificate.get(), superior.state_->key.get());
}

TestAuthority::~TestAuthority() = default;

TestAuthority::Issued TestAuthority::issue(const std::string& common_name, Validity validity,
                                           const Kind& kind) {
  const auto key = new_key(kind.key);
  const long serial = ++state_->last_serial;
  const auto certificate = blank_certificate(common_name, key.get(), serial, validity);
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(state_->certificate.get()));
  if (!kind.usage.empty()) {
    add_extension(certificate.get(), state_->certificate.get(), NID_key_usage, kind.usage.c_str());
  }
  if (!kind.purposes.empty()) {
    add_extension(certificate.get(), state_->certificate.get(), NID_ext_key_usage,
                  kind.purposes.c_str());
  }
  demand(X509_sign(certificate.get(), state_->key.get(), EVP_sha256()) > 0);
  return {certificate_pem(certificate.get()), key_pem(key.get()), serial};
}

std::string TestAuthority::revocation_list(const std::vector<Revocation>& revoked,
                                           Validity validity) const {
  const RevocationList list(X509_CRL_new());
  X509_CRL_set_version(list.get(), X509_CRL_VERSION_2);
  X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(state_->certificate.get()));
  X509_CRL_set1_lastUpdate(list.get(), asn1_time(validity.from).get());
  X509_CRL_set1_nextUpdate(list.get(), asn1_time(validity.until).get());
  for (const Revocation& revocation : revoked) {
    X509_REVOKED* const entry = X509_REVOKED_new();  // the list takes it
    const std::unique_ptr<ASN1_INTEGER, openssl::Free<ASN1_INTEGER_free>> serial(
        ASN1_INTEGER_new());
    ASN1_INTEGER_set(serial.get(), revocation.serial);
    X509_REVOKED_set_serialNumber(entry, serial.get());
    X509_REVOKED_set_revocationDate(entry, asn1_time(revocation.at).get());
    if (!revocation.reason.empty()) {
      const std::unique_ptr<ASN1_ENUMERATED, openssl::Free<ASN1_ENUMERATED_free>> reason(
          ASN1_ENUMERATED_new());
      ASN1_ENUMERATED_set(reason.get(), reason_number(revocation.reason));
      demand(X509_REVOKED_add1_ext_i2d(entry, NID_crl_reason, reason.get(), 0, 0) == 1);
    }
    demand(X509_CRL_add0_revoked(list.get(), entry) == 1);
  }
  demand(X509_CRL_sign(list.get(), state_->key.get(), EVP_sha256()) > 0);
  return pem([&](BIO* out) { return PEM_write_bio_X509_CRL(out, list.get()); });
}

long TestAuthority::serial() const {
  return state_->serial;
}

std::string TestAuthority::certificate() const {
  return certificate_pem(state_->certificate.get());
}

SignerFiles write_signer(const TestAuthority::Issued& issued,
                         const std::filesystem::path& directory, const std::string& name) {
  SignerFiles files{directory / (name + ".pem"), directory / (name + ".key")};
  write_file(files.certificate, issued.certificate);
  write_file(files.key, issued.key);
  std::filesystem::permissions(
      files.key, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  return files;
}

}  // namespace sluice::record::test

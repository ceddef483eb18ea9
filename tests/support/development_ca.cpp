#include "support/development_ca.h"

#include <cstdio>
#include <map>
#include <stdexcept>
#include <vector>

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include "record/openssl_handle.h"

namespace sluice::test {
namespace {

using record::openssl::Bio;
using record::openssl::Certificate;
using record::openssl::Free;
using record::openssl::PrivateKey;
using RevocationList = std::unique_ptr<X509_CRL, Free<X509_CRL_free>>;

void require(bool done, const char* what) {
  if (!done) throw std::runtime_error(std::string(what) + ": " + record::openssl::last_error());
}

constexpr long day = 24L * 60 * 60;

struct Period {
  long from;
  long until;
};
Period period(DevelopmentCa::Validity validity) {
  switch (validity) {
    case DevelopmentCa::Validity::expired:
      return {-2 * day, -day};
    case DevelopmentCa::Validity::not_yet:
      return {day, 2 * day};
    case DevelopmentCa::Validity::current:
      break;
  }
  return {-60 * 60, day};
}

void add_extension(X509* certificate, X509* issuer, int kind, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value);
  require(extension != nullptr && X509_add_ext(certificate, extension, -1) == 1, "extension");
  X509_EXTENSION_free(extension);
}

void add_entry(X509_NAME* name, const char* field, const std::string& value) {
  require(X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8,
                                     reinterpret_cast<const unsigned char*>(value.c_str()), -1, -1,
                                     0) == 1,
          "name");
}

Certificate make_certificate(EVP_PKEY* key, const std::string& common_name, long serial,
                             DevelopmentCa::Validity validity) {
  Certificate certificate(X509_new());
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), period(validity).from);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), period(validity).until);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME* name = X509_get_subject_name(certificate.get());
  add_entry(name, "O", "Sluice development");
  add_entry(name, "CN", common_name);
  return certificate;
}

template <class Write>
void write_pem(const std::filesystem::path& path, mode_t mode, const Write& write) {
  const Bio out(BIO_new_file(path.c_str(), "w"));
  require(out && write(out.get()) == 1, path.c_str());
  ::chmod(path.c_str(), mode);
}

}  // namespace

struct DevelopmentCa::State {
  std::filesystem::path directory;
  PrivateKey key;
  Certificate certificate;
  long next_serial = 2;
  std::map<std::string, long> serials;
  std::vector<long> revoked;
};

DevelopmentCa::DevelopmentCa(std::filesystem::path directory, const std::string& name)
    : state_(new State{std::move(directory), PrivateKey(EVP_EC_gen("P-256")), {}, 2, {}, {}}) {
  X509* authority =
      (state_->certificate = make_certificate(state_->key.get(), name, 1, Validity::current)).get();
  X509_set_issuer_name(authority, X509_get_subject_name(authority));
  add_extension(authority, authority, NID_basic_constraints, "critical,CA:TRUE");
  add_extension(authority, authority, NID_key_usage, "critical,keyCertSign,cRLSign");
  add_extension(authority, authority, NID_subject_key_identifier, "hash");
  require(X509_sign(authority, state_->key.get(), EVP_sha256()) > 0, "sign");
  write_pem(authorities(), 0644, [&](BIO* out) { return PEM_write_bio_X509(out, authority); });
  write_revocations();
}
DevelopmentCa::~DevelopmentCa() = default;

IssuedFiles DevelopmentCa::issue(const std::string& name, Validity validity,
                                 const std::string& purposes) {
  const PrivateKey key(EVP_EC_gen("P-256"));
  const long serial = state_->next_serial++;
  const Certificate certificate = make_certificate(key.get(), name, serial, validity);
  X509* authority = state_->certificate.get();
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(authority));
  add_extension(certificate.get(), authority, NID_key_usage, "critical,digitalSignature");
  add_extension(certificate.get(), authority, NID_ext_key_usage, purposes.c_str());
  add_extension(certificate.get(), authority, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1");
  add_extension(certificate.get(), authority, NID_subject_key_identifier, "hash");
  add_extension(certificate.get(), authority, NID_authority_key_identifier, "keyid");
  require(X509_sign(certificate.get(), state_->key.get(), EVP_sha256()) > 0, "sign");
  state_->serials[name] = serial;
  const IssuedFiles files{state_->directory / (name + ".pem"), state_->directory / (name + ".key")};
  write_pem(files.certificate, 0644,
            [&](BIO* out) { return PEM_write_bio_X509(out, certificate.get()); });
  write_pem(files.key, 0600, [&](BIO* out) {
    return PEM_write_bio_PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  });
  return files;
}

void DevelopmentCa::revoke(const std::string& name) {
  state_->revoked.push_back(state_->serials.at(name));
  write_revocations();
}

void DevelopmentCa::write_revocations(Validity validity) {
  const RevocationList list(X509_CRL_new());
  X509_CRL_set_version(list.get(), X509_CRL_VERSION_2);
  X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(state_->certificate.get()));
  ASN1_TIME* const time = ASN1_TIME_new();
  X509_gmtime_adj(time, period(validity).from);
  X509_CRL_set1_lastUpdate(list.get(), time);
  for (const long serial : state_->revoked) {
    X509_REVOKED* const entry = X509_REVOKED_new();
    ASN1_INTEGER* const number = ASN1_INTEGER_new();
    ASN1_INTEGER_set(number, serial);
    X509_REVOKED_set_serialNumber(entry, number);
    X509_REVOKED_set_revocationDate(entry, time);
    ASN1_INTEGER_free(number);
    require(X509_CRL_add0_revoked(list.get(), entry) == 1, "revoke");
  }
  X509_gmtime_adj(time, period(validity).until);
  X509_CRL_set1_nextUpdate(list.get(), time);
  ASN1_TIME_free(time);
  X509_CRL_sort(list.get());
  require(X509_CRL_sign(list.get(), state_->key.get(), EVP_sha256()) > 0, "sign");
  write_pem(revocations(), 0644, [&](BIO* out) { return PEM_write_bio_X509_CRL(out, list.get()); });
}

std::filesystem::path DevelopmentCa::authorities() const {
  return state_->directory / "ca.pem";
}
std::filesystem::path DevelopmentCa::revocations() const {
  return state_->directory / "crl.pem";
}
std::string DevelopmentCa::subject(const std::string& name) {
  return "CN=" + name + ",O=Sluice development";
}

}  // namespace sluice::test

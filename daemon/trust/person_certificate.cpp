#include "trust/person_certificate.h"

#include <fmt/format.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "record/openssl_handle.h"
#include "record/try.h"
#include "trust/certificate_check.h"

namespace sluice::trust {
namespace {

namespace openssl = record::openssl;

using Chain = std::unique_ptr<STACK_OF(X509), openssl::Free<[](STACK_OF(X509) * certificates) {
                                sk_X509_pop_free(certificates, X509_free);
                              }>>;

std::unexpected<TlsFailure> unusable(TlsProblem problem, const std::filesystem::path& file,
                                     std::string sentence) {
  return std::unexpected(TlsFailure{problem, file.string(), std::move(sentence)});
}

// All that the file has, in its order; empty where there is no file.
Chain certificates_in(const std::filesystem::path& file) {
  Chain chain(sk_X509_new_null());
  const openssl::Bio in(BIO_new_file(file.c_str(), "r"));
  if (!in) return chain;
  while (X509* next = PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr))
    sk_X509_push(chain.get(), next);
  return chain;
}

std::expected<void, TlsFailure> check_chain(STACK_OF(X509) * chain,
                                            const std::filesystem::path& file,
                                            const std::filesystem::path& authorities,
                                            const std::filesystem::path& revocations) {
  const openssl::CertificateStore store(X509_STORE_new());
  if (X509_STORE_load_file(store.get(), authorities.c_str()) != 1) {
    return unusable(TlsProblem::unreadable, authorities,
                    "expected PEM certificates of authorities: " + openssl::last_error());
  }
  SLUICE_TRY(heed_revocations(store.get(), revocations));
  const openssl::StoreContext context(X509_STORE_CTX_new());
  X509* const leaf = sk_X509_value(chain, 0);
  if (X509_STORE_CTX_init(context.get(), store.get(), leaf, chain) != 1 ||
      X509_STORE_CTX_set_default(context.get(), "ssl_client") != 1) {
    return unusable(TlsProblem::unreadable, file, "OpenSSL: " + openssl::last_error());
  }
  if (X509_verify_cert(context.get()) == 1) return {};
  const int error = X509_STORE_CTX_get_error(context.get());
  return unusable(
      TlsProblem::refused, file,
      fmt::format("nobody could sign in by this certificate: {} ({}); expected one for "
                  "clients, of an authority in {}",
                  reason_name(error), X509_verify_cert_error_string(error), authorities.string()));
}

}  // namespace

std::expected<PeerCertificate, TlsFailure> read_person_certificate(
    const std::filesystem::path& file, const std::filesystem::path& authorities,
    const std::filesystem::path& revocations) {
  ERR_clear_error();
  const Chain chain = certificates_in(file);
  ERR_clear_error();  // the end of a file is one to PEM_read_bio_X509
  if (sk_X509_num(chain.get()) == 0) {
    return unusable(TlsProblem::unreadable, file, "expected a PEM certificate (BEGIN CERTIFICATE)");
  }
  PeerCertificate certificate = known_by(sk_X509_value(chain.get(), 0));
  if (certificate.subject.empty()) {
    return unusable(TlsProblem::refused, file,
                    "it has no subject, by which an account could know it: expected one with a "
                    "name in its subject");
  }
  if (!authorities.empty()) SLUICE_TRY(check_chain(chain.get(), file, authorities, revocations));
  return certificate;
}

}  // namespace sluice::trust

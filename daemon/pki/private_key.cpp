#include "pki/private_key.h"

#include <cerrno>
#include <stdexcept>
#include <string_view>
#include <system_error>

#include <fmt/format.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "pki/written.h"

namespace sluice::pki {
record::openssl::PrivateKey new_key() {
  record::openssl::PrivateKey key(EVP_EC_gen("P-256"));
  if (!key) throw std::runtime_error("making a key failed: " + record::openssl::last_error());
  return key;
}

Result<void> write_key(const std::filesystem::path& file, EVP_PKEY* key,
                       const files::Access& access) {
  const std::string pem = pem_of([&](BIO* out) {
    return PEM_write_bio_PKCS8PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr);
  });
  return written(file, files::create_file(file, pem, access));
}

Result<record::openssl::PrivateKey> read_key(const std::filesystem::path& file) {
  errno = 0;
  const record::openssl::Bio in(BIO_new_file(file.c_str(), "r"));
  if (!in) {
    const std::string why = std::generic_category().message(errno);
    ERR_clear_error();
    return std::unexpected(PkiFailure{PkiProblem::unreadable, file.string(),
                                      fmt::format("this user can not read it: {}", why)});
  }
  record::openssl::PrivateKey key(
      PEM_read_bio_PrivateKey(in.get(), nullptr, record::openssl::no_passphrase, nullptr));
  if (key) return key;
  return std::unexpected(
      PkiFailure{PkiProblem::unreadable, file.string(),
                 fmt::format("expected a PEM private key without a passphrase; OpenSSL says: {}",
                             record::openssl::last_error())});
}

record::Digest fingerprint(const EVP_PKEY* key) {
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key, &der);
  if (size <= 0)
    throw std::runtime_error("a key can not be told: " + record::openssl::last_error());
  const std::string_view bytes(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
  const record::Digest digest = record::sha256(bytes);
  OPENSSL_free(der);
  return digest;
}

}  // namespace sluice::pki

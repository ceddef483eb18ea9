// A private key in a file: made once, and never over another one.
#pragma once

#include <filesystem>

#include "files/new_file.h"
#include "pki/failure.h"
#include "record/digest.h"
#include "record/openssl_handle.h"

namespace sluice::pki {

// For ECDSA on P-256, as record/signature_demands.h wants it.
[[nodiscard]] record::openssl::PrivateKey new_key();

// PEM without a passphrase: the daemon starts when nobody is there to type one.
[[nodiscard]] Result<void> write_key(const std::filesystem::path& file, EVP_PKEY* key,
                                     const files::Access& access);
[[nodiscard]] Result<record::openssl::PrivateKey> read_key(const std::filesystem::path& file);

// Of the public half (SHA-256 of SubjectPublicKeyInfo, RFC 5280, 4.1.2.7): what two people compare
// who can not see each other's files.
[[nodiscard]] record::Digest fingerprint(const EVP_PKEY* key);

}  // namespace sluice::pki

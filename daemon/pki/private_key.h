// A private key in a file: made once, and never over another one.
#pragma once

#include <filesystem>

#include "files/new_file.h"
#include "pki/failure.h"
#include "record/openssl_handle.h"

namespace sluice::pki {

// For ECDSA on P-256, as record/signature_demands.h wants it.
[[nodiscard]] record::openssl::PrivateKey new_key();

// PEM without a passphrase: the daemon starts when nobody is there to type one.
[[nodiscard]] Result<void> write_key(const std::filesystem::path& file, EVP_PKEY* key,
                                     const files::Access& access);
[[nodiscard]] Result<record::openssl::PrivateKey> read_key(const std::filesystem::path& file);

}  // namespace sluice::pki

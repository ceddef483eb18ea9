// What every file of this folder is made by: PEM text, and the words for why it is not on the disk.
#pragma once

#include <filesystem>
#include <string>
#include <system_error>

#include "pki/failure.h"
#include "record/openssl_handle.h"

namespace sluice::pki {

// What `write` puts into a BIO; it returns 1 where it could. Throws where OpenSSL can not.
template <class Write>
[[nodiscard]] std::string pem_of(const Write& write);

[[nodiscard]] Result<void> written(const std::filesystem::path& file,
                                   const std::expected<void, std::error_code>& outcome);

[[nodiscard]] std::string text_in(BIO* memory);
[[noreturn]] void throw_openssl();

template <class Write>
std::string pem_of(const Write& write) {
  const record::openssl::Bio out(BIO_new(BIO_s_mem()));
  if (!out || write(out.get()) != 1) throw_openssl();
  return text_in(out.get());
}

}  // namespace sluice::pki

// Owner types for OpenSSL's handles.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

namespace sluice::record::openssl {

template <auto Function>
struct Free {
  template <class T>
  void operator()(T* handle) const {
    Function(handle);
  }
};

using Bio = std::unique_ptr<BIO, Free<BIO_free_all>>;
using Certificate = std::unique_ptr<X509, Free<X509_free>>;
using PrivateKey = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using CertificateStore = std::unique_ptr<X509_STORE, Free<X509_STORE_free>>;
using StoreContext = std::unique_ptr<X509_STORE_CTX, Free<X509_STORE_CTX_free>>;
using CmsContent = std::unique_ptr<CMS_ContentInfo, Free<CMS_ContentInfo_free>>;

// What OpenSSL last complained of on this thread; empties its queue. Of a file that could not be
// opened it is the system's reason: "Permission denied".
[[nodiscard]] std::string last_error();

// Instead of a question on a terminal, for what reads a PEM key: one with a passphrase is refused.
// last_error() then says so, and what to do.
int no_passphrase(char*, int, int, void*);
// RFC 2253 text of a name, UTF-8 not escaped.
[[nodiscard]] std::string name_text(const X509_NAME* name);

// The epoch where it is no time.
[[nodiscard]] std::chrono::sys_seconds time_of(const ASN1_TIME* time);

}  // namespace sluice::record::openssl

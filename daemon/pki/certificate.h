// Certificates as this authority makes them: which extensions they have, how long they hold.
#pragma once

#include <chrono>
#include <string>

#include "pki/subject_name.h"
#include "record/openssl_handle.h"
#include "record/time.h"

namespace sluice::pki {

struct Period {
  record::Time from{};
  record::Time until{};
};
// From an hour ago, since clocks differ, for so long from now on.
[[nodiscard]] Period period_from(record::Time now, std::chrono::days lifetime);

// Not signed yet, with a random serial number of 127 bits.
[[nodiscard]] record::openssl::Certificate blank_certificate(const X509_NAME* subject,
                                                             EVP_PKEY* key, const Period& period);
// `value` as in OpenSSL's configuration.
void add_extension(X509* certificate, X509* issuer, int kind, const std::string& value);
void sign_certificate(X509* certificate, EVP_PKEY* key);

void set_time(ASN1_TIME* target, record::Time time);
[[nodiscard]] std::string certificate_pem(X509* certificate);

}  // namespace sluice::pki

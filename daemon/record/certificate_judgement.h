// Whether a signer's certificate counted when it signed. OpenSSL judges a chain and its revocation
// lists for one moment; here the chain is judged for the moment of the signature, the lists' age
// for now, and what they say by the dates and reasons of their entries.
#pragma once

#include <expected>

#include <openssl/x509_vfy.h>

#include "record/judgement.h"
#include "record/signature.h"

namespace sluice::record {

// Our authorities and their revocation lists, those that were seen before among them.
struct TrustedStore {
  X509_STORE* store = nullptr;
  bool asks_lists = false;  // one of each authority of the chain must be there
};

[[nodiscard]] std::expected<void, SignatureFailure> judge_certificate(X509* certificate,
                                                                      const TrustedStore& trusted,
                                                                      const Judgement& judgement);

}  // namespace sluice::record

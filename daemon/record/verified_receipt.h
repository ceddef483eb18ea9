// A receipt that is understood, and whose signature is good for the time at which it was made: one
// that was made before its signer's certificate was renewed is good after it.
#pragma once

#include <expected>

#include "record/failure.h"
#include "record/receipt.h"
#include "record/signature.h"

namespace sluice::record {

struct VerifiedReceipt {
  Receipt receipt;
  Signatory signatory;
};

// The failure's code says what is to be done: what is `outdated_list` or `unlisted` can not be
// judged by the files as they are; a malformed one is `unreadable`. One that arrives:
[[nodiscard]] std::expected<VerifiedReceipt, SignatureFailure> verify(const SignedReceipt& receipt,
                                                                      const Verifier& verifier,
                                                                      Time now);
// One that lies in the ledger:
[[nodiscard]] std::expected<VerifiedReceipt, SignatureFailure> verify_kept(
    const SignedReceipt& receipt, const Verifier& verifier);

}  // namespace sluice::record

#include "record/verified_receipt.h"

#include <utility>

namespace sluice::record {
namespace {

template <class Judge>
std::expected<VerifiedReceipt, SignatureFailure> verified_receipt(
    const SignedReceipt& signed_receipt, const Verifier& verifier, Judge judge) {
  auto receipt = parse_receipt(signed_receipt.json);
  if (!receipt) {
    return std::unexpected(SignatureFailure{SignatureProblem::unreadable, receipt.error().place,
                                            receipt.error().sentence});
  }
  auto signatory =
      verifier.verify(signed_receipt.json, signed_receipt.signature, judge(receipt->at));
  if (!signatory) return std::unexpected(std::move(signatory.error()));
  return VerifiedReceipt{std::move(*receipt), std::move(*signatory)};
}

}  // namespace

std::expected<VerifiedReceipt, SignatureFailure> verify(const SignedReceipt& receipt,
                                                        const Verifier& verifier, Time now) {
  return verified_receipt(receipt, verifier,
                          [now](Time made) { return Judgement::of_arrival(made, now); });
}

std::expected<VerifiedReceipt, SignatureFailure> verify_kept(const SignedReceipt& receipt,
                                                             const Verifier& verifier) {
  return verified_receipt(receipt, verifier, Judgement::of_kept);
}

}  // namespace sluice::record

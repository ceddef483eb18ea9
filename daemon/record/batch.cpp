#include "record/batch.h"

namespace sluice::record {

SealedBatch seal(const BatchOrigin& origin, Payload payload, const ChainHead& head,
                 const Signer& signer) {
  SealedBatch sealed;
  sealed.manifest = Manifest{
      .stream = origin.stream,
      .sequence = {head.sequence.value + 1},
      .dataset = origin.dataset,
      .schema = origin.schema,
      .mode = origin.mode,
      .upserts = payload.upserts,
      .deletes = payload.deletes,
      .payload_bytes = {payload.compressed.size()},
      .payload_raw_bytes = payload.raw_bytes,
      .payload = payload.digest,
      .previous = head.manifest,
      .collected_at = origin.collected_at,
      .carries_case_numbers = origin.carries_case_numbers,
      .follows = origin.follows,
  };
  sealed.batch.manifest = to_json(sealed.manifest);
  sealed.batch.signature = signer.sign(sealed.batch.manifest);
  sealed.batch.payload = std::move(payload.compressed);
  return sealed;
}

namespace {

// `judge` says how, given when the batch was sealed.
template <class Judge>
std::expected<VerifiedBatch, BatchFailure> verified_batch(const Batch& batch,
                                                          const Verifier& verifier, Judge judge) {
  auto manifest = parse_manifest(batch.manifest);
  if (!manifest) {
    return std::unexpected(BatchFailure{BatchProblem::malformed_manifest, manifest.error().place,
                                        manifest.error().sentence});
  }
  auto signatory = verifier.verify(batch.manifest, batch.signature, judge(manifest->collected_at));
  if (!signatory) {
    return std::unexpected(
        BatchFailure{BatchProblem::bad_signature, "manifest.p7s", to_string(signatory.error())});
  }
  if (batch.payload.size() != manifest->payload_bytes.value ||
      sha256(batch.payload) != manifest->payload) {
    return std::unexpected(BatchFailure{BatchProblem::wrong_payload_digest, "data.tsv.zst",
                                        "the payload is not the one that the manifest names"});
  }
  return VerifiedBatch{std::move(*manifest), std::move(*signatory)};
}

}  // namespace

std::expected<VerifiedBatch, BatchFailure> verify(const Batch& batch, const Verifier& verifier,
                                                  Time now) {
  return verified_batch(batch, verifier,
                        [now](Time sealed_at) { return Judgement::of_arrival(sealed_at, now); });
}

std::expected<VerifiedBatch, BatchFailure> verify_kept(const Batch& batch,
                                                       const Verifier& verifier) {
  return verified_batch(batch, verifier, Judgement::of_kept);
}

}  // namespace sluice::record

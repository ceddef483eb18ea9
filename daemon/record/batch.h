// The unit that is journaled, signed, shipped, applied, acknowledged, archived and audited whole.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>

#include "record/failure.h"
#include "record/manifest.h"
#include "record/payload.h"
#include "record/signature.h"

namespace sluice::record {

// Where a batch is cut unless the settings say otherwise: its commit and its signature cost little
// a row by then, and all that is done with one batch fits into memory several times.
inline constexpr std::uint64_t usual_batch_rows = 20'000;
inline constexpr std::uint64_t usual_batch_bytes = std::uint64_t{8} << 20;  // of text
inline constexpr std::uint64_t most_batch_bytes = free_of_ratio.value;      // that settings may say

// The three parts as they travel: exactly the bytes of manifest.json, manifest.p7s, data.tsv.zst.
struct Batch {
  std::string manifest;
  std::string signature;
  std::string payload;
};

// The head of a stream's chain: what the next batch must follow.
struct ChainHead {
  Sequence sequence;  // 0 before the first batch
  Digest manifest;    // of the last manifest's bytes; zeros before the first
  friend bool operator==(const ChainHead&, const ChainHead&) = default;
};

// What seals a batch beside its payload and its place in the chain.
struct BatchOrigin {
  StreamId stream;
  DatasetId dataset;
  Digest schema;
  Mode mode = Mode::direct;
  Time collected_at{};
  bool carries_case_numbers = false;
  std::optional<Predecessor> follows = std::nullopt;  // of an epoch's first batch
};

// Numbers, chains and signs. The returned manifest is what `batch.manifest` says.
struct SealedBatch {
  Manifest manifest;
  Batch batch;
};
[[nodiscard]] SealedBatch seal(const BatchOrigin& origin, Payload payload, const ChainHead& head,
                               const Signer& signer);

enum class BatchProblem { malformed_manifest, bad_signature, wrong_payload_digest };
using BatchFailure = Failure<BatchProblem>;

// A batch whose manifest is understood, whose payload is the one the manifest names, and whose
// signature is good for the time at which it was sealed (`collected_at`).
struct VerifiedBatch {
  Manifest manifest;
  Signatory signatory;
};
// One that arrives.
[[nodiscard]] std::expected<VerifiedBatch, BatchFailure> verify(const Batch& batch,
                                                                const Verifier& verifier, Time now);
// One that lies in an archive.
[[nodiscard]] std::expected<VerifiedBatch, BatchFailure> verify_kept(const Batch& batch,
                                                                     const Verifier& verifier);

}  // namespace sluice::record

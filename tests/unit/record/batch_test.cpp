#include "record/batch.h"

#include <gtest/gtest.h>

#include "support/batch_builder.h"

namespace sluice::record {
namespace {

const Time now = test::moment("2026-11-23T12:00:00.000Z");

TEST(SealedBatch, VerifiesAndSaysWhatItIs) {
  const test::SigningNode node;
  const SealedBatch sealed = node.sealed();
  const auto verified = verify(sealed.batch, node.verifier(), now);
  ASSERT_TRUE(verified) << to_string(verified.error());
  EXPECT_EQ(verified->manifest, sealed.manifest);
  EXPECT_EQ(verified->signatory.subject, "CN=front-end-1");
  EXPECT_EQ(sealed.manifest.upserts, RowCount{2});
  EXPECT_EQ(sealed.manifest.deletes, RowCount{1});
  EXPECT_EQ(sealed.manifest.payload, sha256(sealed.batch.payload));
  EXPECT_EQ(sealed.manifest.payload_bytes.value, sealed.batch.payload.size());
  EXPECT_EQ(sealed.manifest.payload_raw_bytes.value, test::sample_lines.size());
}

TEST(SealedBatch, FollowsTheOneBeforeItInTheChain) {
  const test::SigningNode node;
  const SealedBatch first = node.sealed();
  EXPECT_EQ(first.manifest.sequence, Sequence{1});
  EXPECT_EQ(first.manifest.previous, Digest{});
  const SealedBatch second = node.sealed({first.manifest.sequence, sha256(first.batch.manifest)});
  EXPECT_EQ(second.manifest.sequence, Sequence{2});
  EXPECT_EQ(second.manifest.previous, sha256(first.batch.manifest));
}

BatchProblem problem_of(const test::SigningNode& node, const Batch& batch) {
  const auto verified = verify(batch, node.verifier(), now);
  if (verified) throw std::logic_error("the batch is good");
  return verified.error().code;
}

TEST(SealedBatch, WithAnythingChangedIsRefused) {
  const test::SigningNode node;
  const Batch good = node.sealed().batch;
  Batch renumbered = good;
  renumbered.manifest.replace(renumbered.manifest.find("\"sequence\": 1"), 13, "\"sequence\": 2");
  EXPECT_EQ(problem_of(node, renumbered), BatchProblem::bad_signature);
  Batch unsigned_batch = good;
  unsigned_batch.signature.clear();
  EXPECT_EQ(problem_of(node, unsigned_batch), BatchProblem::bad_signature);
  Batch other_payload = good;
  other_payload.payload.back() = static_cast<char>(other_payload.payload.back() ^ 1);
  EXPECT_EQ(problem_of(node, other_payload), BatchProblem::wrong_payload_digest);
  Batch longer = good;
  longer.payload += '\0';
  EXPECT_EQ(problem_of(node, longer), BatchProblem::wrong_payload_digest);
  Batch swapped = good;
  swapped.signature = node.sealed({{1}, {}}).batch.signature;
  EXPECT_EQ(problem_of(node, swapped), BatchProblem::bad_signature);
}

TEST(SealedBatch, WhoseSignedManifestIsNoneIsRefused) {
  const test::SigningNode node;
  Batch batch = node.sealed().batch;
  batch.manifest = "{}";
  batch.signature = node.signer.sign(batch.manifest);
  EXPECT_EQ(problem_of(node, batch), BatchProblem::malformed_manifest);
}

}  // namespace
}  // namespace sluice::record

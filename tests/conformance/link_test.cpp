#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "conformance/link_suite.h"

namespace sluice::link::conformance {
namespace {

record::SignedReceipt send(Link& link, const record::Batch& batch) {
  auto receipt = link.send(batch);
  if (!receipt) throw std::runtime_error(record::to_string(receipt.error()));
  return std::move(*receipt);
}

TEST_P(LinkConformance, BringsTheReceiptThatTheCenterSigned) {
  const auto far = GetParam().open();
  const auto link = far->connect();
  const record::Batch batch = far->batch("A");
  const auto receipt = send(*link, batch);
  EXPECT_TRUE(far->verifier().verify(receipt.json, receipt.signature, far->now()));
  const auto said = record::parse_receipt(receipt.json).value();
  EXPECT_EQ(said.manifest, record::sha256(batch.manifest));
  EXPECT_EQ(said.outcome, record::Outcome::accepted);
  EXPECT_EQ(said.rows.inserted.value, 1U);
}

TEST_P(LinkConformance, BringsTheSameReceiptForABatchThatIsSentAgain) {
  const auto far = GetParam().open();
  const record::Batch batch = far->batch("A");
  const auto first = send(*far->connect(), batch);
  const auto link = far->connect();
  for (int i = 0; i < 2; ++i) {
    const auto again = send(*link, batch);
    EXPECT_EQ(again.json, first.json);
    EXPECT_EQ(again.signature, first.signature);
  }
}

TEST_P(LinkConformance, KeepsTheOrderOfAStream) {
  const auto far = GetParam().open();
  const auto link = far->connect();
  for (std::uint64_t number = 1; number <= 3; ++number) {
    const auto receipt = send(*link, far->batch("key" + std::to_string(number)));
    EXPECT_EQ(record::parse_receipt(receipt.json).value().sequence.value, number);
  }
}

TEST_P(LinkConformance, SaysUnavailableWhileTheStoreIsGoneAndDeliversAfterwards) {
  const auto far = GetParam().open();
  const auto link = far->connect();
  send(*link, far->batch("A"));
  const record::Batch batch = far->batch("B");
  far->set_store_available(false);
  const auto gone = link->send(batch);
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().code, LinkProblem::unavailable);
  EXPECT_FALSE(gone.error().sentence.empty());
  far->set_store_available(true);
  EXPECT_EQ(record::parse_receipt(send(*link, batch).json).value().rows.inserted.value, 1U);
}

TEST_P(LinkConformance, RefusesABatchThatTheCenterDoesNotTrust) {
  const auto far = GetParam().open();
  const auto link = far->connect();
  const auto refused = link->send(far->untrusted_batch());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, LinkProblem::refused);
  EXPECT_NO_THROW(send(*link, far->batch("A"))) << "the stream goes on";
}

}  // namespace
}  // namespace sluice::link::conformance

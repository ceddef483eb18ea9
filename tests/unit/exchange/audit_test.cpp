#include "exchange/audit.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/center_builder.h"

namespace sluice::exchange::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

// A ledger that somebody with access to the database has changed. The streams' heads are the real
// store's.
class ForgedLedger : public store::Store {
 public:
  struct Entry {
    store::LedgerEntry row;
    record::Batch batch;
  };
  explicit ForgedLedger(std::unique_ptr<store::Store> real) : real_(std::move(real)) {
    const auto copied = real_->walk({}, [&](const auto& row, const auto& batch) {
      entries.push_back({row, batch});
      return true;
    });
    EXPECT_TRUE(copied);
  }
  std::expected<void, store::StoreFailure> walk(
      const store::Extent& extent,
      const std::function<bool(const store::LedgerEntry&, const record::Batch&)>& consume)
      override {
    for (const Entry& entry : entries) {
      if (entry.row.id > extent.after && !consume(entry.row, entry.batch)) break;
    }
    return {};
  }
  std::expected<std::string, store::StoreFailure> incarnation() override {
    return real_->incarnation();
  }
  std::expected<record::ChainHead, store::StoreFailure> head(
      const record::StreamId& stream) override {
    return real_->head(stream);
  }
  std::expected<std::optional<record::SignedReceipt>, store::StoreFailure> receipt(
      const record::StreamId& stream, record::Sequence sequence) override {
    return real_->receipt(stream, sequence);
  }
  std::expected<std::vector<record::StreamId>, store::StoreFailure> streams() override {
    return real_->streams();
  }
  std::expected<store::Activity, store::StoreFailure> activity(
      const record::DatasetId& dataset, record::Time since,
      std::chrono::milliseconds span) override {
    return real_->activity(dataset, since, span);
  }
  std::expected<void, store::StoreFailure> prepare(const record::Dataset& dataset) override {
    return real_->prepare(dataset);
  }
  std::expected<void, store::StoreFailure> compare(const record::Dataset& dataset) override {
    return real_->compare(dataset);
  }
  std::expected<void, store::StoreFailure> keep(const record::TableSchema& schema) override {
    return real_->keep(schema);
  }
  std::expected<std::optional<record::TableSchema>, store::StoreFailure> schema(
      const record::Digest& digest) override {
    return real_->schema(digest);
  }
  std::expected<record::SignedReceipt, store::StoreFailure> apply(
      const store::AdmittedBatch& delivery, const store::ReceiptMaker& make_receipt) override {
    return real_->apply(delivery, make_receipt);
  }
  std::expected<record::SignedReceipt, store::StoreFailure> reject(
      const store::RejectedBatch& rejected, const store::ReceiptMaker& make_receipt) override {
    return real_->reject(rejected, make_receipt);
  }
  std::expected<record::SignedReceipt, store::StoreFailure> hold(
      const store::RejectedBatch& batch, const store::ReceiptMaker& make_receipt) override {
    return real_->hold(batch, make_receipt);
  }
  std::expected<std::vector<store::HeldDataset>, store::StoreFailure> held() override {
    if (when_held_is_asked) when_held_is_asked();
    return real_->held();
  }
  std::expected<std::optional<store::HeldBatch>, store::StoreFailure> find_held(
      const store::HeldPlace& place) override {
    return real_->find_held(place);
  }
  std::expected<void, store::StoreFailure> read(
      const record::DatasetId& dataset, std::optional<record::Time> as_of,
      const std::function<bool(const store::StoredRecord&)>& consume) override {
    return real_->read(dataset, as_of, consume);
  }
  std::expected<void, store::StoreFailure> read_versions(
      const record::Dataset& dataset,
      const std::function<bool(const store::StoredVersion&)>& consume) override {
    return real_->read_versions(dataset, consume);
  }
  std::expected<std::optional<store::FoundRecord>, store::StoreFailure> find(
      const record::Dataset& dataset, const record::Key& key) override {
    return real_->find(dataset, key);
  }
  std::expected<void, store::StoreFailure> read_digests(
      const record::DatasetId& dataset, const record::KeyRange& range,
      const std::function<bool(const record::KeyedDigest&)>& consume) override {
    return real_->read_digests(dataset, range, consume);
  }
  std::expected<record::RecordSum, store::StoreFailure> sum_digests(
      const record::DatasetId& dataset, const record::KeyRange& range) override {
    return real_->sum_digests(dataset, range);
  }
  store::Migrations& migrations() override { return real_->migrations(); }
  store::Checkpoints& checkpoints() override { return real_->checkpoints(); }

  std::vector<Entry> entries;
  std::function<void()> when_held_is_asked;

 private:
  std::unique_ptr<store::Store> real_;
};

class AuditTest : public testing::Test {
 protected:
  AuditTest() {
    Reception reception = center.reception();
    for (const char* code : {"A", "B", "C"}) {
      EXPECT_TRUE(reception.receive(center.batch(line(code))));
    }
  }

  LedgerReport verify(store::Store& store) {
    return verify_ledger(store, trust, claims, [&](const store::LedgerEntry&) { ++good; }).value();
  }
  std::string first_break(const std::function<void(std::vector<ForgedLedger::Entry>&)>& forge) {
    ForgedLedger ledger(center.store());
    forge(ledger.entries);
    return verify(ledger).first_break.value_or("nothing");
  }
  record::SignedReceipt signed_by(const record::Signer& signer, const record::Receipt& receipt) {
    const std::string json = record::to_json(receipt);
    return {json, signer.sign(json)};
  }
  record::Receipt receipt_of(const ForgedLedger::Entry& entry) {
    return record::parse_receipt(entry.row.receipt.json).value();
  }

  Center center;
  record::Signers own{"CN=center"};
  AuditTrust trust{center.verifier, center.signatories, own};
  std::vector<JournalClaim> claims;
  int good = 0;
};

TEST_F(AuditTest, FindsNothingWrongInALedgerThatNobodyTouched) {
  const auto store = center.store();
  const LedgerReport report = verify(*store);
  EXPECT_EQ(report.first_break.value_or("none"), "none");
  EXPECT_EQ(report.batches, 3U);
  EXPECT_EQ(report.heads.size(), 1U);
  EXPECT_EQ(report.heads.begin()->second, center.head);
  EXPECT_GT(report.bytes, 0U);
  EXPECT_EQ(good, 3);
}

TEST_F(AuditTest, FindsAPayloadWithOneByteChanged) {
  EXPECT_THAT(first_break([](auto& entries) {
                entries[1].batch.payload[10] = static_cast<char>(entries[1].batch.payload[10] ^ 1);
              }),
              HasSubstr("park batch 2"));
  EXPECT_EQ(good, 1) << "what stands before it is proved";
}

TEST_F(AuditTest, FindsAChangedManifest) {
  EXPECT_THAT(first_break([](auto& entries) { entries[0].batch.manifest += '\n'; }),
              HasSubstr("park batch 1"));
}

TEST_F(AuditTest, FindsAMissingBatch) {
  EXPECT_THAT(first_break([](auto& entries) { entries.erase(entries.begin() + 1); }),
              HasSubstr("batch 2 of this stream is missing"));
}

TEST_F(AuditTest, FindsThatTheLastBatchesWereCutOff) {
  EXPECT_THAT(first_break([](auto& entries) { entries.pop_back(); }),
              HasSubstr("the ledger ends at 2"));
}

TEST_F(AuditTest, FindsWhatIsWrongWithABatchThatComesWhileHeldOnesAreCompared) {
  ForgedLedger ledger(center.store());
  ledger.when_held_is_asked = [&] {
    ForgedLedger::Entry again = ledger.entries.back();
    ++again.row.id;
    ledger.entries.push_back(again);
  };
  EXPECT_THAT(verify(ledger).first_break.value_or("nothing"),
              HasSubstr("batch 4 of this stream is missing"));
}

TEST_F(AuditTest, FindsThatAllOfABureauIsGone) {
  EXPECT_THAT(
      first_break([](auto& entries) { entries.clear(); }),
      HasSubstr("stream park (epoch 1000): its last batch should be 3, the ledger ends at 0"));
}

TEST_F(AuditTest, FindsThatTheLedgerLacksWhatAJournalHasAReceiptFor) {
  const auto store = center.store();
  claims = {{center.origin().stream, {3}}};
  EXPECT_EQ(verify(*store).first_break.value_or("none"), "none");
  claims = {{center.origin().stream, {4}}};
  EXPECT_THAT(verify(*store).first_break.value_or("none"),
              HasSubstr("receipts up to batch 4, the ledger ends at 3"));
  claims = {{{record::BureauId("portal"), {7}}, {1}}};
  EXPECT_THAT(verify(*store).first_break.value_or("none"), HasSubstr("stream portal (epoch 7)"));
}

TEST_F(AuditTest, FindsBatchesThatChangedPlaces) {
  EXPECT_NE(first_break([](auto& entries) { std::swap(entries[1].batch, entries[2].batch); }),
            "nothing");
  EXPECT_THAT(first_break([](auto& entries) { std::swap(entries[1], entries[2]); }),
              HasSubstr("missing"));
}

TEST_F(AuditTest, FindsABatchThatDoesNotFollowTheOneBeforeIt) {
  EXPECT_THAT(first_break([&](auto& entries) {
                center.head = {{1}, record::sha256("another first batch")};
                auto& entry = entries[1];
                entry.batch = center.stray(center.origin(), line("B"), center.node.signer);
                entry.row.manifest = record::sha256(entry.batch.manifest);
              }),
              HasSubstr("does not follow"));
}

TEST_F(AuditTest, FindsALedgerRowThatNamesAnotherBatch) {
  EXPECT_THAT(first_break([](auto& entries) { entries[1].row.manifest = entries[2].row.manifest; }),
              HasSubstr("another batch than the archive"));
}

TEST_F(AuditTest, FindsAReceiptForAnotherBatch) {
  EXPECT_THAT(first_break([](auto& entries) { entries[1].row.receipt = entries[2].row.receipt; }),
              HasSubstr("its receipt is for another batch"));
}

TEST_F(AuditTest, FindsAReceiptThatWasChangedAfterItWasSigned) {
  EXPECT_THAT(first_break([](auto& entries) { entries[1].row.receipt.json += ' '; }),
              HasSubstr("its receipt"));
}

TEST_F(AuditTest, FindsAReceiptThatLeavesRowsOut) {
  EXPECT_THAT(first_break([&](auto& entries) {
                record::Receipt receipt = receipt_of(entries[1]);
                receipt.rows = {};
                entries[1].row.rows = {};
                entries[1].row.receipt = signed_by(center.signer, receipt);
              }),
              HasSubstr("account for every row"));
}

// Somebody who has the database and the key of another bureau's node writes a stream anew, chain
// and all.
TEST_F(AuditTest, FindsAndNamesWhoWroteAStreamAnewWithAnotherBureausKey) {
  const record::Signer other = center.certified("quality-node");
  const std::string found = first_break([&](auto& entries) {
    center.head = {};
    for (auto& entry : entries) {
      entry.batch = center.stray(center.origin(), line("X"), other);
      entry.row.manifest = record::sha256(entry.batch.manifest);
      center.head = {entry.row.sequence, entry.row.manifest};
      record::Receipt receipt = receipt_of(entry);
      receipt.manifest = entry.row.manifest;
      entry.row.receipt = signed_by(center.signer, receipt);
    }
  });
  EXPECT_THAT(found, AllOf(HasSubstr("park batch 1"), HasSubstr("signed by CN=quality-node"),
                           HasSubstr("who may sign is CN=front-end-1")));
}

TEST_F(AuditTest, FindsAReceiptThatTheOriginSignedItself) {
  EXPECT_THAT(first_break([&](auto& entries) {
                entries[1].row.receipt = signed_by(center.node.signer, receipt_of(entries[1]));
              }),
              AllOf(HasSubstr("its receipt was signed by CN=front-end-1"),
                    HasSubstr("who may sign is CN=center")));
}

// The center had another name until a moment.
TEST_F(AuditTest, KnowsTheCentersOwnNamesOverTime) {
  const auto store = center.store();
  own = record::Signers(std::vector<record::SignerName>{
      {.subject = "CN=center", .until = center.now + std::chrono::hours(1)},
      {.subject = "CN=renamed", .from = center.now + std::chrono::hours(1)}});
  EXPECT_EQ(verify(*store).first_break.value_or("none"), "none");
  own = {"CN=renamed"};
  EXPECT_THAT(verify(*store).first_break.value_or("none"), HasSubstr("CN=center"));
}

TEST_F(AuditTest, SaysThatABureauIsNotInTheConfiguration) {
  center.signatories.erase(record::BureauId("park"));
  const auto store = center.store();
  EXPECT_THAT(verify(*store).first_break.value_or("none"), HasSubstr("has no bureau park"));
}

TEST_F(AuditTest, FindsThatTheLedgersTimeIsNotTheReceipts) {
  EXPECT_THAT(
      first_break([](auto& entries) { entries[2].row.applied_at += std::chrono::hours(24); }),
      AllOf(HasSubstr("park batch 3"), HasSubstr("its receipt at")));
}

TEST_F(AuditTest, KnowsHowTheLedgerCountsAfterTheCentersClockWasSetBack) {
  Reception reception = center.reception();
  record::BatchOrigin next = center.origin();
  center.now -= std::chrono::minutes(1);
  ASSERT_TRUE(reception.receive(center.stray(next, line("D"), center.node.signer)));
  const auto store = center.store();
  EXPECT_EQ(verify(*store).first_break.value_or("none"), "none");
  EXPECT_THAT(first_break([](auto& entries) {
                entries.back().row.applied_at += std::chrono::milliseconds(1);
              }),
              HasSubstr("park batch 4"));
}

TEST_F(AuditTest, FindsThatTheLedgersCountsAreNotTheReceipts) {
  EXPECT_THAT(first_break([](auto& entries) {
                ++entries[0].row.rows.rejected.value;
                --entries[0].row.rows.inserted.value;
              }),
              AllOf(HasSubstr("the ledger counts accepted, 0 inserted"), HasSubstr("1 inserted")));
  EXPECT_THAT(first_break([](auto& entries) { entries[1].row.outcome = "rejected"; }),
              HasSubstr("the ledger counts rejected"));
}

// An earlier epoch's entries can not be put behind those of a later one, nor sealed after them.
TEST_F(AuditTest, FollowsABureauFromEpochToEpoch) {
  Reception reception = center.reception();
  center.head = {};
  record::BatchOrigin later = center.origin();
  later.stream.epoch = {2000};
  ASSERT_TRUE(reception.receive(center.stray(later, line("D"), center.node.signer)));
  const auto store = center.store();
  const LedgerReport report = verify(*store);
  EXPECT_EQ(report.first_break.value_or("none"), "none");
  EXPECT_EQ(report.batches, 4U);
  EXPECT_EQ(report.heads.size(), 2U) << "each epoch has its end";
  EXPECT_THAT(report.seams, testing::ElementsAre(HasSubstr("nobody says that it should")));
  EXPECT_THAT(first_break([&](auto& entries) {
                std::rotate(entries.begin(), entries.end() - 1, entries.end());
                entries.front().row.applied_at = receipt_of(entries.front()).at;
              }),
              HasSubstr("its epoch was over"));
}

// The streams' heads tell of the last epoch only.
TEST_F(AuditTest, FindsThatTheTailOfAnEpochThatIsOverWasCutOff) {
  Reception reception = center.reception();
  const record::StreamId over = center.origin().stream;
  center.head = {};
  record::BatchOrigin later = center.origin();
  later.stream.epoch = {2000};
  later.follows = record::Predecessor{.epoch = over.epoch,
                                      .sequence = {3},
                                      .numbered = {5},
                                      .lost = 2,
                                      .reason = record::EpochReason::lost_journal};
  ASSERT_TRUE(reception.receive(center.stray(later, line("D"), center.node.signer)));
  const auto store = center.store();
  const LedgerReport report = verify(*store);
  EXPECT_EQ(report.first_break.value_or("none"), "none");
  EXPECT_THAT(report.seams,
              testing::ElementsAre(
                  AllOf(HasSubstr("park"), HasSubstr("batches 4 to 5 of epoch 1000 never came (the "
                                                     "journal was lost): lost"))));
  EXPECT_THAT(first_break([](auto& entries) { entries.erase(entries.begin() + 2); }),
              AllOf(HasSubstr("park batch 1, epoch 2000"),
                    HasSubstr("batch 3 of epoch 1000 is missing in front of it")));
  EXPECT_THAT(first_break([](auto& entries) { entries.erase(entries.begin(), entries.end() - 1); }),
              HasSubstr("batches 1 to 3 of epoch 1000 are missing"));
}

TEST_F(AuditTest, FindsABatchThatWasDatedBack) {
  EXPECT_THAT(first_break([&](auto& entries) {
                auto& entry = entries[1];
                center.head = {{1}, entries[0].row.manifest};
                record::BatchOrigin earlier = center.origin();
                earlier.collected_at -= std::chrono::hours(1);
                entry.batch = center.stray(earlier, line("B"), center.node.signer);
                entry.row.manifest = record::sha256(entry.batch.manifest);
              }),
              HasSubstr("sealed at 2026-11-23T03:44:00.000Z, before"));
}

TEST_F(AuditTest, FollowsAStreamThroughBatchesThatWereRejectedWhole) {
  center.learn("foreign", "quality");
  Reception reception = center.reception();
  ASSERT_TRUE(reception.receive(center.batch_of("foreign", line("F"))));
  ASSERT_TRUE(reception.receive(center.batch(line("D"))));
  const auto store = center.store();
  const LedgerReport report = verify(*store);
  EXPECT_FALSE(report.first_break) << *report.first_break;
  EXPECT_EQ(report.batches, 5U);
  EXPECT_THAT(first_break([](auto& entries) { entries[3].row.outcome = "accepted"; }),
              HasSubstr("the ledger counts accepted"));
  EXPECT_THAT(first_break([&](auto& entries) {
                record::Receipt receipt = receipt_of(entries[3]);
                receipt.rows = {.inserted = {1}};
                receipt.refused.clear();
                entries[3].row.rows = receipt.rows;
                entries[3].row.receipt = signed_by(center.signer, receipt);
              }),
              HasSubstr("that rows of it were taken"));
}

TEST_F(AuditTest, TakesReceiptsOfTheEarlierFormat) {
  EXPECT_EQ(first_break([&](auto& entries) {
              const record::Receipt receipt = receipt_of(entries[1]);
              const std::string json = fmt::format(
                  R"({{"format":"sluice-receipt/1","bureau":"park","epoch":{},"sequence":{},)"
                  R"("manifest":"{}","outcome":"accepted","reason":"","inserted":1,"updated":0,)"
                  R"("unchanged":0,"deleted":0,"rejected":0,"rejected_rows":[],"at":"{}"}})",
                  receipt.stream.epoch.value, receipt.sequence.value,
                  record::to_string(receipt.manifest),
                  record::to_string(receipt.at + std::chrono::milliseconds(3)));
              entries[1].row.receipt = {json, center.signer.sign(json)};
            }),
            "nothing");
}

TEST_F(AuditTest, SaysThatTheStoreIsGoneInsteadOfCallingTheLedgerBroken) {
  center.is_store_available = false;
  const auto store = center.store();
  const auto report = verify_ledger(*store, trust, {}, [](const store::LedgerEntry&) {});
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, store::StoreProblem::unavailable);
}

}  // namespace
}  // namespace sluice::exchange::test

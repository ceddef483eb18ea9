// A dataset that can not be taken holds back none but its own: its batches are held, and applied in
// their order once they can be.
#include <functional>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "exchange/audit.h"
#include "exchange/held_audit.h"
#include "record/verified_receipt.h"
#include "sqlite/database.h"
#include "support/center_builder.h"

namespace sluice::exchange::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class HeldTest : public testing::Test {
 protected:
  explicit HeldTest(std::chrono::milliseconds after = std::chrono::minutes(10)) : after_(after) {}
  Reception open(Holding* by) {
    return Reception(center.store(),
                     {.catalogue = center.catalogue,
                      .keyring = center.keyring,
                      .signatories = center.signatories,
                      .holding = by},
                     [this] { return center.now; });
  }
  record::Batch permit(const std::string& code, const std::string& name = "name") {
    return center.batch_of("permit", line(code, name));
  }
  static record::Receipt said(const Result<record::SignedReceipt>& receipt) {
    EXPECT_TRUE(receipt) << record::to_string(receipt.error());
    return receipt ? record::parse_receipt(receipt->json).value() : record::Receipt{};
  }
  record::Outcome outcome(const record::Batch& batch) {
    return said(reception.receive(batch)).outcome;
  }
  record::Receipt receipt_now(std::uint64_t sequence) {
    return record::parse_receipt(
               reception.receipt(center.origin().stream, {sequence}).value().value().json)
        .value();
  }
  std::vector<std::string> permits() {
    const auto store = center.store();
    EXPECT_TRUE(store->prepare(center.known.at(record::DatasetId("permit"))));
    std::vector<std::string> records;
    EXPECT_TRUE(store->read(record::DatasetId("permit"), std::nullopt, [&](const auto& record) {
      records.emplace_back(record.columns);
      return true;
    }));
    return records;
  }
  LedgerReport audited() {
    const auto store = center.store();
    return verify_ledger(*store, {center.verifier, center.signatories, own}, {},
                         [](const store::LedgerEntry&) {})
        .value();
  }

  const std::chrono::milliseconds after_;
  Center center;
  record::Signers own{"CN=center"};
  std::vector<std::string> told;
  Holding holding{
      after_,
      {.begun =
           [this](const record::Manifest& manifest, const Obstacle& why) {
             told.push_back((why.passes ? "held for a while " : "held ") + manifest.dataset.str());
           },
       .ended =
           [this](const record::BureauId&, const record::DatasetId& dataset,
                  std::uint64_t batches) {
             told.push_back("settled " + std::to_string(batches) + " of " + dataset.str());
           }}};
  Reception reception = open(&holding);
};

TEST_F(HeldTest, ABatchIsDeferredForAWhileAndThenHeldAndTheOtherDatasetsGoOn) {
  const record::Batch unknown = permit("P");
  for (int i = 0; i < 2; ++i) {
    const auto deferred = reception.receive(unknown);
    ASSERT_FALSE(deferred);
    EXPECT_EQ(deferred.error().code, ReceptionProblem::not_allowed);
    center.now += std::chrono::minutes(5);
  }
  const auto receipt = said(reception.receive(unknown));
  EXPECT_EQ(receipt.outcome, record::Outcome::held);
  EXPECT_THAT(receipt.reason, HasSubstr("permit is not known here"));
  EXPECT_EQ(receipt.rows, record::RowOutcomes{});
  EXPECT_EQ(outcome(center.batch(line("A"))), record::Outcome::accepted);
  EXPECT_EQ(outcome(permit("Q")), record::Outcome::held) << "at once, behind the first";
  EXPECT_EQ(outcome(unknown), record::Outcome::held) << "sent again";
  EXPECT_THAT(told, ElementsAre("held permit"));
  ASSERT_THAT(reception.held().value(), SizeIs(1));
  EXPECT_EQ(reception.held()->front().batches, 2U);
}

TEST_F(HeldTest, ABatchThatWasTakenInTimeIsNotHeldLater) {
  const record::Batch batch = permit("P");
  EXPECT_FALSE(reception.receive(batch));
  center.now += std::chrono::minutes(9);
  center.learn("permit", "park");
  EXPECT_EQ(outcome(batch), record::Outcome::accepted);
  EXPECT_THAT(told, IsEmpty());
}

// As after the center was restored, and then can not take its dataset once more.
TEST_F(HeldTest, ABatchThatWasTakenAndComesAgainIsDeferredFromTheBeginning) {
  center.keep_store();
  const record::Batch batch = permit("P");
  EXPECT_FALSE(reception.receive(batch));
  center.learn("permit", "park");
  EXPECT_EQ(outcome(batch), record::Outcome::accepted);
  center.now += std::chrono::hours(1);
  center.put_store_back();
  center.known.erase(record::DatasetId("permit"));
  center.catalogue = Catalogue::compile(center.known).value();
  const auto again = reception.receive(batch);
  ASSERT_FALSE(again) << "held at once";
  EXPECT_EQ(again.error().code, ReceptionProblem::not_allowed);
}

TEST_F(HeldTest, AClockThatIsSetBackBeginsAnew) {
  const record::Batch batch = permit("P");
  EXPECT_FALSE(reception.receive(batch));
  center.now -= std::chrono::minutes(4);
  EXPECT_FALSE(reception.receive(batch));
  center.now += std::chrono::minutes(9);
  EXPECT_FALSE(reception.receive(batch));
  center.now += std::chrono::minutes(1);
  EXPECT_EQ(outcome(batch), record::Outcome::held);
}

class HeldAtOnce : public HeldTest {
 protected:
  HeldAtOnce() : HeldTest(std::chrono::milliseconds(0)) {}
};

TEST_F(HeldAtOnce, WhatIsHeldIsAppliedFirstAndInOrderByTheNextBatchOfItsDataset) {
  EXPECT_EQ(outcome(permit("P", "one")), record::Outcome::held);
  EXPECT_EQ(outcome(permit("P", "two")), record::Outcome::held);
  center.learn("permit", "park");
  EXPECT_EQ(outcome(permit("Q")), record::Outcome::accepted);
  EXPECT_THAT(permits(), ElementsAre("P\ttwo", "Q\tname"));
  EXPECT_EQ(receipt_now(1).outcome, record::Outcome::accepted);
  EXPECT_EQ(receipt_now(1).rows.inserted.value, 1U);
  EXPECT_EQ(receipt_now(2).rows.updated.value, 1U);
  EXPECT_TRUE(record::verify(reception.receipt(center.origin().stream, {1}).value().value(),
                             center.verifier, center.now));
  EXPECT_THAT(reception.held().value(), IsEmpty());
  EXPECT_THAT(told, ElementsAre("held permit", "settled 2 of permit"));
  const auto report = audited();
  EXPECT_EQ(report.first_break.value_or(""), "");
  EXPECT_EQ(report.batches, 3U);
  EXPECT_TRUE(report.held.empty());
}

// However many: no one batch pays for thousands.
TEST_F(HeldAtOnce, ABatchBehindManyThatAreHeldIsHeldTooAndAppliedAfterThem) {
  for (int i = 0; i < 20; ++i)
    EXPECT_EQ(outcome(permit("P", std::to_string(i))), record::Outcome::held);
  center.learn("permit", "park");
  EXPECT_EQ(outcome(permit("P", "last")), record::Outcome::held);
  const auto some = reception.settle_held(3).value();
  EXPECT_EQ(some.batches, 3U);
  EXPECT_FALSE(some.is_all);
  const auto rest = reception.settle_held(64).value();
  EXPECT_EQ(rest.batches, 2U);
  EXPECT_TRUE(rest.is_all);
  EXPECT_THAT(permits(), ElementsAre("P\tlast"));
  EXPECT_EQ(audited().first_break.value_or(""), "");
}

TEST_F(HeldAtOnce, OneDatasetThatCanNotBeSettledKeepsNoOtherFromIt) {
  EXPECT_EQ(outcome(center.batch_of("licence", line("L"))), record::Outcome::held);
  EXPECT_EQ(outcome(permit("P")), record::Outcome::held);
  center.learn("permit", "park");
  EXPECT_EQ(reception.settle_held(64)->batches, 1U);
  ASSERT_THAT(reception.held().value(), SizeIs(1));
  EXPECT_EQ(reception.held()->front().dataset, record::DatasetId("licence"));
  EXPECT_EQ(audited().held.size(), 1U);
  EXPECT_EQ(audited().first_break.value_or(""), "");
}

// By a command, or by another center: in another process, which tells nobody here.
TEST_F(HeldAtOnce, WhatSomebodyElseSettledIsNoMoreTakenToBeHeld) {
  const record::Batch batch = permit("P");
  EXPECT_EQ(outcome(batch), record::Outcome::held);
  Reception command = open(nullptr);
  EXPECT_TRUE(
      command.release_held(store::NumberOfStream{center.origin().stream, {1}}, "sent by mistake")
          .value());
  EXPECT_TRUE(reception.settle_held(64));
  EXPECT_THAT(told, ElementsAre("held permit", "settled 0 of permit"));
  EXPECT_THAT(holding.known(), IsEmpty());
}

// What was held before a start is found in the store, and not waited for a second time.
TEST_F(HeldAtOnce, WhatIsFoundToBeHeldAtAStartHoldsLaterOnesAtOnce) {
  EXPECT_EQ(outcome(permit("P")), record::Outcome::held);
  Holding patient{std::chrono::minutes(10)};
  Reception restarted = open(&patient);
  EXPECT_THAT(patient.known(), IsEmpty());
  EXPECT_TRUE(restarted.settle_held(64));
  EXPECT_THAT(patient.known(), SizeIs(1));
  EXPECT_EQ(said(restarted.receive(permit("Q"))).outcome, record::Outcome::held);
}

// Somebody is there first when it is to be rejected.
class OvertakenStore : public UnsteadyStore {
 public:
  OvertakenStore(Center& center, std::function<void()> overtake)
      : UnsteadyStore(center.store(), center.is_store_available), overtake_(std::move(overtake)) {}
  std::expected<record::SignedReceipt, store::StoreFailure> reject(
      const store::RejectedBatch& rejected, const store::ReceiptMaker& make_receipt) override {
    if (overtake_) std::exchange(overtake_, nullptr)();
    return UnsteadyStore::reject(rejected, make_receipt);
  }

 private:
  std::function<void()> overtake_;
};

TEST_F(HeldAtOnce, WhatWasSettledSinceItWasFoundIsNotReleased) {
  EXPECT_EQ(outcome(permit("P")), record::Outcome::held);
  center.learn("permit", "park");
  Reception command(
      std::make_unique<OvertakenStore>(
          center, [this] { EXPECT_EQ(reception.settle_held(64)->batches, 1U); }),
      {.catalogue = center.catalogue, .keyring = center.keyring, .signatories = center.signatories},
      [this] { return center.now; });
  const auto released = command.release_held(
      store::FirstOfDataset{record::BureauId("park"), record::DatasetId("permit")}, "too late");
  ASSERT_TRUE(released) << record::to_string(released.error());
  EXPECT_FALSE(*released) << record::parse_receipt((*released)->json)->reason;
  EXPECT_EQ(receipt_now(1).outcome, record::Outcome::accepted);
}

TEST_F(HeldAtOnce, ItIsToldWhyWhatIsHeldCanNotBeSettledNow) {
  EXPECT_EQ(outcome(permit("P")), record::Outcome::held);
  const auto settled = reception.settle_held(64).value();
  ASSERT_THAT(settled.obstacles, SizeIs(1));
  EXPECT_EQ(settled.obstacles.begin()->first.second, record::DatasetId("permit"));
  EXPECT_THAT(settled.obstacles.begin()->second.reason, HasSubstr("permit is not known here"));
  EXPECT_FALSE(settled.obstacles.begin()->second.passes);
}

TEST_F(HeldAtOnce, ADatasetWhoseTablesCanNotFollowItsSchemaIsHeld) {
  EXPECT_EQ(outcome(center.batch(line("A"))), record::Outcome::accepted);
  record::Field& name = center.known.at(center.dataset.id).schema.fields[1];
  name.type = record::FieldType::integer;
  name.constraints = {};
  center.catalogue = Catalogue::compile(center.known).value();
  Reception restarted = open(&holding);
  record::BatchOrigin from = center.origin();
  from.schema = record::schema_digest(center.known.at(center.dataset.id).schema);
  const auto receipt =
      said(restarted.receive(center.stray(from, line("B", "1"), center.node.signer)));
  EXPECT_EQ(receipt.outcome, record::Outcome::held);
  EXPECT_THAT(receipt.reason, HasSubstr("keep the type"));
}

TEST_F(HeldTest, WhatComesWhileItsDatasetIsMigratedIsHeldAfterAsLongAsAnyOther) {
  center.learn("permit", "park");
  center.is_migrating = true;
  const record::Batch batch = center.batch(line("A"));
  EXPECT_EQ(reception.receive(batch).error().code, ReceptionProblem::being_migrated);
  center.now += std::chrono::minutes(10);
  const auto receipt = said(reception.receive(batch));
  EXPECT_EQ(receipt.outcome, record::Outcome::held);
  EXPECT_THAT(receipt.reason, HasSubstr("being migrated"));
  EXPECT_EQ(outcome(permit("P")), record::Outcome::accepted);
  EXPECT_EQ(outcome(center.batch(line("B"))), record::Outcome::held) << "at once, behind the first";
  const auto settled = reception.settle_held(64).value();
  EXPECT_EQ(settled.batches, 0U) << "it is still under way";
  ASSERT_THAT(settled.obstacles, SizeIs(1));
  EXPECT_TRUE(settled.obstacles.begin()->second.passes);
  EXPECT_THAT(told, ElementsAre("held for a while " + center.dataset.id.str()));
  center.is_migrating = false;
  EXPECT_EQ(reception.settle_held(64)->batches, 2U);
  EXPECT_EQ(audited().first_break.value_or(""), "");
}

// Whatever else is in the way is no reason.
TEST_F(HeldAtOnce, NothingIsHeldForTheStoresOrTheChainsOrTheTimesSake) {
  const record::Batch batch = permit("P");
  center.is_store_available = false;
  EXPECT_EQ(reception.receive(batch).error().code, ReceptionProblem::unavailable);
  center.is_store_available = true;
  const record::Batch second = permit("Q");
  EXPECT_EQ(reception.receive(second).error().code, ReceptionProblem::out_of_order);
  record::BatchOrigin ahead = center.origin();
  ahead.collected_at += std::chrono::hours(1);
  ahead.dataset = record::DatasetId("permit");
  EXPECT_EQ(reception.receive(center.stray(ahead, line("P"), center.node.signer)).error().code,
            ReceptionProblem::untimely);
  EXPECT_EQ(reception.place(center.origin().stream)->head.sequence.value, 0U);
}

TEST_F(HeldAtOnce, ABatchThatIsReleasedIsRefusedForGoodWithThePersonsReason) {
  EXPECT_EQ(outcome(permit("P", "one")), record::Outcome::held);
  EXPECT_EQ(outcome(permit("P", "two")), record::Outcome::held);
  const record::StreamId stream = center.origin().stream;
  const auto released =
      reception.release_held(store::NumberOfStream{stream, {1}}, "the bureau sends it anew");
  ASSERT_TRUE(released && *released);
  const auto receipt = record::parse_receipt((*released)->json).value();
  EXPECT_EQ(receipt.outcome, record::Outcome::rejected);
  EXPECT_EQ(receipt.reason, "the bureau sends it anew");
  EXPECT_EQ(receipt.rows.rejected.value, 1U);
  EXPECT_EQ(receipt_now(1), receipt);
  EXPECT_FALSE(reception.release_held(store::NumberOfStream{stream, {1}}, "again").value());
  EXPECT_FALSE(reception.release_held(store::NumberOfStream{stream, {9}}, "no such").value());
  center.learn("permit", "park");
  EXPECT_EQ(reception.settle_held(64)->batches, 1U);
  EXPECT_THAT(permits(), ElementsAre("P\ttwo"));
  EXPECT_EQ(audited().first_break.value_or(""), "");
}

TEST_F(HeldAtOnce, OfADatasetTheFirstIsReleasedUntilThereIsNone) {
  for (const char* name : {"one", "two", "three"})
    EXPECT_EQ(outcome(permit("P", name)), record::Outcome::held);
  EXPECT_EQ(outcome(center.batch_of("notice", line("N"))), record::Outcome::held);
  const store::FirstOfDataset permits_of_park{record::BureauId("park"),
                                              record::DatasetId("permit")};
  for (const std::uint64_t number : {1U, 2U, 3U}) {
    const auto released = reception.release_held(permits_of_park, "the bureau sends them anew");
    ASSERT_TRUE(released && *released);
    EXPECT_EQ(record::parse_receipt((*released)->json)->sequence.value, number);
    EXPECT_EQ(receipt_now(number).outcome, record::Outcome::rejected);
  }
  EXPECT_FALSE(reception.release_held(permits_of_park, "again").value());
  EXPECT_THAT(reception.held().value(), SizeIs(1)) << "the other dataset's";
  EXPECT_EQ(audited().first_break.value_or(""), "");
}

TEST_F(HeldAtOnce, WhatIsHeldAndCanNeverBeTakenIsRefusedWhenItIsSettled) {
  EXPECT_EQ(outcome(permit("P")), record::Outcome::held);
  center.learn("permit", "quality");
  EXPECT_EQ(reception.settle_held(64)->batches, 1U);
  EXPECT_EQ(receipt_now(1).outcome, record::Outcome::rejected);
  EXPECT_THAT(receipt_now(1).reason, HasSubstr("owned by quality"));
}

TEST_F(HeldAtOnce, WhatWasChangedInTheArchiveIsNotApplied) {
  EXPECT_EQ(outcome(permit("P")), record::Outcome::held);
  auto file = sqlite::Database::open(center.node.directory / "central.sqlite").value();
  file.execute("UPDATE archive SET payload = x'00'").value();
  center.learn("permit", "park");
  EXPECT_EQ(reception.settle_held(64)->batches, 0U);
  EXPECT_THAT(reception.held().value(), SizeIs(1));
}

class HeldAuditTest : public HeldAtOnce {
 protected:
  HeldAuditTest() {
    EXPECT_EQ(outcome(permit("P", "one")), record::Outcome::held);
    EXPECT_EQ(outcome(permit("P", "two")), record::Outcome::held);
    center.learn("permit", "park");
    EXPECT_EQ(reception.settle_held(1)->batches, 1U);
    EXPECT_EQ(audited().first_break.value_or(""), "");
  }
  std::string break_after(const std::string& sql) {
    auto file = sqlite::Database::open(center.node.directory / "central.sqlite").value();
    file.execute("PRAGMA foreign_keys=OFF").value();
    file.execute(sql).value();
    return audited().first_break.value_or("nothing");
  }
};

TEST_F(HeldAuditTest, CountsWhatIsHeldAndNotSettled) {
  const auto report = audited();
  ASSERT_EQ(report.held.size(), 1U);
  EXPECT_EQ(report.held.begin()->first.second, record::DatasetId("permit"));
  EXPECT_EQ(report.held.begin()->second.batches, 1U);
  EXPECT_EQ(report.batches, 2U);
}

TEST_F(HeldAuditTest, FindsASettlementOfWhatIsNotHeld) {
  EXPECT_THAT(break_after("UPDATE ledger SET outcome = 'accepted' WHERE id = 1"),
              HasSubstr("ledger entry 1"));
}

TEST_F(HeldAuditTest, FindsASettlementOfAnotherBatch) {
  EXPECT_THAT(break_after("UPDATE ledger SET settles = 2, sequence = 2 WHERE id = 3"),
              HasSubstr("ledger entry 3"));
}

TEST_F(HeldAuditTest, FindsASettlementWhoseHeldEntryIsGone) {
  EXPECT_THAT(break_after("DELETE FROM ledger WHERE id = 1"), HasSubstr("batch 1 of this stream"));
}

// What the tables do not let anybody write, a file may still have.
TEST(HeldAuditOfEntries, ASettlementIsOfABatchThatIsHeldAndOfThatOneAndOnce) {
  const store::LedgerEntry held{.id = 1,
                                .stream = {record::BureauId("park"), {1}},
                                .sequence = {1},
                                .dataset = record::DatasetId("permit"),
                                .manifest = record::sha256("manifest"),
                                .outcome = "held"};
  HeldAudit audit;
  audit.note(held);
  store::LedgerEntry settlement = held;
  settlement.id = 3;
  settlement.outcome = "accepted";
  settlement.settles = 1;
  EXPECT_EQ(audit.fault_of_settlement(settlement), std::nullopt);

  store::LedgerEntry other = settlement;
  other.settles = 2;
  EXPECT_THAT(audit.fault_of_settlement(other).value_or(""), HasSubstr("no batch that is held"));
  other = settlement;
  other.sequence = {2};
  EXPECT_THAT(audit.fault_of_settlement(other).value_or(""), HasSubstr("another batch"));
  other = settlement;
  other.outcome = "held";
  EXPECT_THAT(audit.fault_of_settlement(other).value_or(""), HasSubstr("that the batch is held"));

  audit.note(settlement);
  EXPECT_THAT(audit.fault_of_settlement(settlement).value_or(""), HasSubstr("settled before"));
}

TEST_F(HeldAuditTest, FindsThatTheStoreForgotWhatIsHeld) {
  EXPECT_THAT(break_after("DELETE FROM held"), HasSubstr("is never applied"));
}

TEST_F(HeldAuditTest, FindsThatAHeldBatchIsListedAgainThoughItIsSettled) {
  EXPECT_THAT(break_after("INSERT INTO held VALUES (1, 'park', 'permit')"),
              HasSubstr("the store lists 2"));
}

TEST_F(HeldAuditTest, FindsCountsThatTheReceiptDoesNotHave) {
  EXPECT_THAT(break_after("UPDATE ledger SET inserted = 5 WHERE id = 3"),
              HasSubstr("ledger entry 3"));
}

}  // namespace
}  // namespace sluice::exchange::test

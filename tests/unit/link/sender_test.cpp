#include <atomic>
#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include "record/verified_receipt.h"
#include "sender_fixture.h"
#include "support/failing_disk.h"

namespace sluice::link::test {
namespace {

using journal::test::payload;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST_F(SenderTest, AnExceptionOnItsThreadStopsTheStreamWithAReason) {
  Conversation throwing([](const record::Batch&, int) -> Conversation::Answer {
    throw std::runtime_error("no memory for that");
  });
  append(1);
  const auto sending = sender(throwing);
  EXPECT_THAT(throwing.stopped(), HasSubstr("no memory for that"));
  EXPECT_EQ(waiting(), 1U);
}

TEST_F(SenderTest, DrainsAJournalInOrder) {
  append(5);
  const auto running = sender(good);
  EXPECT_THAT(good.acknowledged(5), ElementsAre(1, 2, 3, 4, 5));
  EXPECT_THAT(good.sent(), ElementsAre(1, 2, 3, 4, 5));
  EXPECT_EQ(waiting(), 0U);
  EXPECT_EQ(desk.open().status()->acknowledged.value, 5U);
}

TEST_F(SenderTest, SendsWhatIsJournaledAfterItHasDrained) {
  append(1);
  const auto running = sender(good);
  good.acknowledged(1);
  append(2);
  EXPECT_THAT(good.acknowledged(3), ElementsAre(1, 2, 3));
}

TEST_F(SenderTest, KeepsReceiptsInOrderWhereSeveralBatchesAreUnderWay) {
  append(5);
  const auto running = sender_by(std::make_unique<HurriedLink>(good), good);
  EXPECT_THAT(good.acknowledged(5), ElementsAre(1, 2, 3, 4, 5));
  EXPECT_THAT(good.sent(), ElementsAre(1, 2, 3, 4, 5));
  EXPECT_EQ(waiting(), 0U);
}

TEST_F(SenderTest, BeginsAfterAFailureWithTheFirstBatchWhoseReceiptDidNotCome) {
  append(4);
  Conversation center([this](const record::Batch& batch, int time) -> Conversation::Answer {
    if (time == 3) return unavailable();
    return receipt_for(batch);
  });
  const auto running = sender_by(std::make_unique<HurriedLink>(center), center);
  EXPECT_THAT(center.acknowledged(4), ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(center.sent(), ElementsAre(1, 2, 3, 3, 4));
}

TEST_F(SenderTest, KeepsTheReceipt) {
  append(1);
  const auto running = sender(good);
  good.acknowledged(1);
  const auto kept = desk.open().receipt({1}).value();
  ASSERT_TRUE(kept);
  EXPECT_TRUE(record::verify(*kept, verifier, desk.now));
}

TEST_F(SenderTest, SendsAgainByItselfWhatACenterThatStandsBeforeHasNoMore) {
  append(3);
  {
    const auto running = sender(good);
    good.acknowledged(3);
  }
  Conversation restored([this](const record::Batch& batch, int) { return receipt_for(batch); });
  restored.set_ledger([](const record::StreamId&) { return journal::LedgerPlace{}; });
  const auto running = sender(restored);
  EXPECT_THAT(restored.sent_again(1), ElementsAre(std::pair(0U, 3U)));
  EXPECT_THAT(restored.acknowledged(3), ElementsAre(1, 2, 3));
  EXPECT_THAT(restored.objections(0), IsEmpty());
  EXPECT_EQ(desk.open().status()->acknowledged.value, 3U);
}

TEST_F(SenderTest, BeyondAGapItGoesOnInTheNewEpochFromItsFirstBatch) {
  desk.limits.retention_bytes = 1;
  append(3);
  {
    const auto running = sender(good);
    good.acknowledged(3);
  }
  append(1);
  Conversation restored([this](const record::Batch& batch, int) { return receipt_for(batch); });
  restored.set_ledger([](const record::StreamId& stream) {
    return journal::LedgerPlace{
        .head = {{2}, record::sha256("second")}, .latest = stream.epoch, .latest_sequence = {2}};
  });
  const auto running = sender(restored);
  EXPECT_THAT(restored.sent_again(1), ElementsAre(std::pair(2U, 3U)));
  EXPECT_THAT(restored.acknowledged(1), ElementsAre(1));
  EXPECT_EQ(desk.open().gaps()->size(), 1U);
}

TEST_F(SenderTest, AnIdleStreamAsksFromTimeToTimeWhereTheCenterStands) {
  append(2);
  std::atomic<bool> is_restored = false;
  std::atomic<int> asked = 0;
  good.set_ledger([&](const record::StreamId& stream) {
    ++asked;
    return std::optional(is_restored ? journal::LedgerPlace{} : agreeing(stream));
  });
  std::atomic<record::Time> now = desk.now;
  const auto running = std::make_unique<Sender>(
      desk.open(), std::make_unique<ConversingLink>(good),
      ReceiptSigners{desk.keyring, {desk.node.signer.subject()}},
      SenderSurroundings{[&] { return now.load(); }, [] { return 0.0; }}, good.events());
  good.acknowledged(2);
  is_restored = true;
  EXPECT_EQ(asked, 1);
  now = desk.now + std::chrono::minutes(5);
  EXPECT_THAT(good.sent_again(1), ElementsAre(std::pair(0U, 2U)));
  EXPECT_THAT(good.acknowledged(4), ElementsAre(1, 2, 1, 2));
}

TEST_F(SenderTest, AFullDiskWhileAReceiptIsKeptHoldsTheStreamBackUntilThereIsRoom) {
  sluice::test::FailingDisk disk;
  append(2);
  Conversation center([&](const record::Batch& batch, int time) -> Conversation::Answer {
    if (time == 1) disk.fail_writes(SQLITE_FULL);
    return receipt_for(batch);
  });
  const auto running = sender(center);
  EXPECT_THAT(center.held_back(2), Each(LinkProblem::unavailable));
  disk.heal();
  EXPECT_THAT(center.acknowledged(2), ElementsAre(1, 2));
  EXPECT_EQ(waiting(), 0U);
}

TEST_F(SenderTest, AReceiptWaitsWhileTheQuarantineHasNoRoomForTheRowsThatWereRefused) {
  append(2);
  desk.limits.quarantine_bytes = 1;
  const std::vector<journal::QuarantinedRow> bad = {{.dataset = record::DatasetId("approval")}};
  {
    journal::Journal journal = desk.open();
    ASSERT_TRUE(
        journal.append(journal::test::origin(), record::compress_payload("", {0}, {0}), bad, {}));
  }
  Conversation center([this](const record::Batch& batch, int) -> Conversation::Answer {
    record::Receipt receipt = journal::test::receipt_for(batch);
    receipt.rows = {.rejected = receipt.rows.inserted};
    receipt.refused = {{"code", "unique", "another has it", {{1, receipt.rows.rejected.value}}}};
    return sign(receipt, desk.node.signer);
  });
  const auto running = sender(center);
  EXPECT_THAT(center.held_back(2), Each(LinkProblem::unavailable));
  EXPECT_EQ(waiting(), 2U);
  // Some time ago.
  const auto earlier = [before = desk.now - std::chrono::milliseconds(1)] { return before; };
  const auto discard = [&](std::int64_t id) {
    auto journal = journal::Journal::open(desk.file(), record::BureauId("park"), desk.limits,
                                          desk.keyring, earlier);
    return journal->discard(id, {.by = "li wei", .note = "no"});
  };
  ASSERT_TRUE(discard(1));
  EXPECT_THAT(center.acknowledged(1), ElementsAre(1));
  ASSERT_TRUE(discard(2));
  EXPECT_THAT(center.acknowledged(2), ElementsAre(1, 2));
}

// Answers each batch with what `signs` makes of it, and never takes one.
class DeferringLink : public Link {
 public:
  using Signs = std::function<record::SignedDeferral(const record::Batch&)>;
  explicit DeferringLink(Signs signs) : signs_(std::move(signs)) {}
  std::expected<void, LinkFailure> carry(Outgoing& outgoing, const std::stop_token&) override {
    const auto batch = outgoing.next();
    if (!batch) return {};
    outgoing.deferred(signs_(*batch));
    return std::unexpected(LinkFailure{LinkProblem::refused, "center", "not yet"});
  }
  Result<std::optional<record::SignedReceipt>> receipt(const record::StreamId&, record::Sequence,
                                                       const std::stop_token&) override {
    return std::nullopt;
  }
  Result<journal::LedgerPlace> place(const record::StreamId& stream,
                                     const std::stop_token&) override {
    return journal::LedgerPlace{.head = {}, .latest = stream.epoch, .latest_sequence = {}};
  }

 private:
  Signs signs_;
};

TEST_F(SenderTest, ASignedAnswerLetsGoOfNothingAndOneThatIsNotTheCentersIsToldToBeSo) {
  append(1);
  const auto stranger =
      desk.node.authority.issue("stranger", {record::test::moment("2020-01-01T00:00:00.000Z"),
                                             record::test::moment("2090-01-01T00:00:00.000Z")});
  const auto files = write_signer(stranger, desk.node.directory.path(), "stranger");
  const record::Signer other = record::Signer::load(files.certificate, files.key).value();
  // The first is good; the second is of another batch, the third of another signer.
  int time = 0;
  const auto signs = [&](const record::Batch& batch) {
    ++time;
    const auto manifest = record::parse_manifest(batch.manifest).value();
    const std::string json =
        record::to_json(record::Deferral{.stream = manifest.stream,
                                         .sequence = {time == 2 ? 9U : manifest.sequence.value},
                                         .manifest = record::sha256(batch.manifest),
                                         .problem = "not-allowed",
                                         .sentence = "not yet",
                                         .at = desk.now});
    return record::SignedDeferral{json, (time == 3 ? other : desk.node.signer).sign(json)};
  };
  Conversation center(
      [](const record::Batch&, int) -> Conversation::Answer { return unavailable(); });
  std::vector<std::string> reasons;
  {
    const auto running = sender_by(std::make_unique<DeferringLink>(signs), center);
    reasons = center.reasons(3);
  }
  EXPECT_EQ(reasons.at(0), "not yet");
  EXPECT_THAT(reasons.at(1), HasSubstr("batch 1 was sent, and it is of batch 9"));
  EXPECT_THAT(reasons.at(2), HasSubstr("which is not the center"));
  EXPECT_EQ(waiting(), 1U);
}

TEST_F(SenderTest, SendsTheSameBatchAgainUntilTheCenterIsThere) {
  append(2);
  Conversation center([this](const record::Batch& batch, int time) -> Conversation::Answer {
    if (time <= 2) return unavailable();
    return receipt_for(batch);
  });
  const auto running = sender(center);
  EXPECT_THAT(center.held_back(2), ElementsAre(LinkProblem::unavailable, LinkProblem::unavailable));
  EXPECT_THAT(center.acknowledged(2), ElementsAre(1, 2));
  EXPECT_THAT(center.sent(), ElementsAre(1, 1, 1, 2));
}

TEST_F(SenderTest, ABatchThatIsRefusedHoldsTheOnesBehindItBack) {
  append(2);
  Conversation center([](const record::Batch&, int) -> Conversation::Answer {
    return std::unexpected(LinkFailure{LinkProblem::refused, "center", "schema conflict"});
  });
  {
    const auto running = sender(center);
    center.held_back(2);
  }
  EXPECT_THAT(center.sent(), testing::Each(1));
  EXPECT_EQ(waiting(), 2U);
}

TEST_F(SenderTest, SendsNothingToALedgerThatIsAheadAndGoesOnWhenItIsNot) {
  append(1);
  std::atomic<bool> is_ahead = true;
  good.set_ledger([&](const record::StreamId& stream) {
    journal::LedgerPlace place = agreeing(stream);
    if (is_ahead) place.head.sequence.value = 7;
    return std::optional(place);
  });
  const auto running = sender(good);
  EXPECT_THAT(good.objections(1).front(), HasSubstr("batches up to 7"));
  EXPECT_THAT(good.sent(), IsEmpty());
  EXPECT_EQ(desk.open().check_taking().error().code, journal::JournalProblem::lost);
  is_ahead = false;
  EXPECT_THAT(good.acknowledged(1), ElementsAre(1));
  EXPECT_EQ(good.objections(2).back(), "");
  EXPECT_TRUE(desk.open().check_taking());
}

TEST_F(SenderTest, ALedgerThatIsAwayHoldsBatchesBack) {
  append(1);
  std::atomic<bool> is_away = true;
  good.set_ledger([&](const record::StreamId& stream) {
    return is_away ? std::nullopt : std::optional(agreeing(stream));
  });
  const auto running = sender(good);
  EXPECT_THAT(good.held_back(1), ElementsAre(LinkProblem::unavailable));
  EXPECT_THAT(good.sent(), IsEmpty());
  is_away = false;
  EXPECT_THAT(good.acknowledged(1), ElementsAre(1));
}

TEST_F(SenderTest, GoesOnAfterARestartWithTheFirstBatchThatHasNoReceipt) {
  append(3);
  Conversation first([this](const record::Batch& batch, int time) -> Conversation::Answer {
    if (time > 1) return unavailable();  // taken, and its receipt lost
    return receipt_for(batch);
  });
  {
    const auto running = sender(first);
    first.held_back(1);
  }
  const auto running = sender(good);
  EXPECT_THAT(good.acknowledged(2), ElementsAre(2, 3));
  EXPECT_THAT(good.sent(), ElementsAre(2, 3));
}

}  // namespace
}  // namespace sluice::link::test

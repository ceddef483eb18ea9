// What the center holds: the sender goes on behind it, and asks what became of it.
#include "journal/stream_marks.h"
#include "sender_fixture.h"

namespace sluice::link::test {
namespace {

using testing::ElementsAre;

class HeldSending : public SenderTest {
 protected:
  static record::Receipt held(const record::Batch& batch) {
    record::Receipt receipt = journal::test::receipt_for(batch);
    receipt.outcome = record::Outcome::held;
    receipt.reason = "its schema is not here";
    receipt.rows = {};
    return receipt;
  }
  // The center holds the first batches, and takes the others.
  Conversation::Answer answer(const record::Batch& batch, int time) {
    if (time > held_batches) return receipt_for(batch);
    batches.push_back(batch);
    return sign(held(batch), desk.node.signer);
  }
  // What it answers of them, once they are settled.
  std::optional<record::SignedReceipt> settled(record::Sequence sequence) const {
    return receipt_for(batches.at(sequence.value - 1));
  }

  int held_batches = 2;
  std::vector<record::Batch> batches;  // that are held; the sender's, until it has ended
  Conversation center{[this](const record::Batch& batch, int time) { return answer(batch, time); }};
};

TEST_F(HeldSending, GoesOnBehindABatchThatIsHeldAndKeepsIt) {
  append(3);
  const auto sending = sender(center);
  EXPECT_THAT(center.acknowledged(3), ElementsAre(1, 2, 3));
  EXPECT_EQ(waiting(), 2U);
  EXPECT_THAT(center.sent(), ElementsAre(1, 2, 3));
}

TEST_F(HeldSending, AsksWhatBecameOfItAtItsStart) {
  append(2);
  {
    const auto sending = sender(center);
    EXPECT_THAT(center.acknowledged(2), ElementsAre(1, 2));
  }
  center.set_receipts(
      [this](const record::StreamId&, record::Sequence sequence) { return settled(sequence); });
  const auto sending = sender(center);
  EXPECT_THAT(center.acknowledged(4), ElementsAre(1, 2, 1, 2));
  EXPECT_EQ(waiting(), 0U);
  EXPECT_THAT(center.sent(), ElementsAre(1, 2)) << "none was sent again";
}

// It applies what it holds before what comes later: so that is settled by now.
TEST_F(HeldSending, AsksAtOnceWhenALaterBatchOfTheDatasetWasTaken) {
  append(2);
  const auto sending = sender(center);
  EXPECT_THAT(center.acknowledged(2), ElementsAre(1, 2));
  center.set_receipts(
      [this](const record::StreamId&, record::Sequence sequence) { return settled(sequence); });
  append(1);
  EXPECT_THAT(center.acknowledged(5), ElementsAre(1, 2, 3, 1, 2));
  EXPECT_EQ(waiting(), 0U);
}

TEST_F(HeldSending, AsksAtOnceTooOfWhatWasHeldBeforeItsStart) {
  append(2);
  {
    const auto sending = sender(center);
    EXPECT_THAT(center.acknowledged(2), ElementsAre(1, 2));
  }
  // When it starts both are held still; when the third was taken they are not.
  center.set_receipts(
      [this, asked = 0](const record::StreamId&, record::Sequence sequence) mutable {
        return ++asked > 2
                   ? settled(sequence)
                   : std::optional(sign(held(batches.at(sequence.value - 1)), desk.node.signer));
      });
  append(1);
  const auto sending = sender(center);
  EXPECT_THAT(center.acknowledged(5), ElementsAre(1, 2, 3, 1, 2));
  EXPECT_EQ(waiting(), 0U);
}

TEST_F(HeldSending, AsksOnWhereMoreWereSettledThanItAsksAfterAtOnce) {
  held_batches = 70;
  append(held_batches);
  {
    const auto sending = sender(center);
    EXPECT_THAT(center.acknowledged(70), testing::SizeIs(70));
  }
  center.set_receipts(
      [this](const record::StreamId&, record::Sequence sequence) { return settled(sequence); });
  const auto sending = sender(center);
  EXPECT_THAT(center.acknowledged(140), testing::SizeIs(140));
  EXPECT_EQ(waiting(), 0U);
}

// A person may release any of them, and each time only some are asked after.
TEST_F(HeldSending, ComesToEachOfManyInTurnThoughTheFirstIsStillHeld) {
  held_batches = 100;
  append(held_batches);
  {
    const auto sending = sender(center);
    EXPECT_THAT(center.acknowledged(100), testing::SizeIs(100));
  }
  center.set_receipts([this](const record::StreamId&, record::Sequence sequence) {
    return sequence.value == 90
               ? settled(sequence)
               : std::optional(sign(held(batches.at(sequence.value - 1)), desk.node.signer));
  });
  append(1);
  const auto sending = sender(center);
  EXPECT_EQ(center.acknowledged(101).back(), 101U) << "it asked after the first ones, for nothing";
  EXPECT_EQ(center.acknowledged(102).back(), 90U);
  EXPECT_EQ(waiting(), 99U);
}

TEST_F(HeldSending, KeepsWhatIsStillHeldAndWhatTheCenterDoesNotHave) {
  append(2);
  {
    const auto sending = sender(center);
    EXPECT_THAT(center.acknowledged(2), ElementsAre(1, 2));
  }
  // The second was released; of the first there is nothing new.
  center.set_receipts([this](const record::StreamId&, record::Sequence sequence) {
    return sequence.value == 2 ? settled(sequence)
                               : std::optional(sign(held(batches.at(0)), desk.node.signer));
  });
  {
    const auto sending = sender(center);
    EXPECT_THAT(center.acknowledged(3), ElementsAre(1, 2, 2));
  }
  EXPECT_EQ(waiting(), 1U);
  center.set_receipts([](const record::StreamId&, record::Sequence) { return std::nullopt; });
  append(1);
  const auto sending = sender(center);
  EXPECT_THAT(center.acknowledged(4), ElementsAre(1, 2, 2, 3));
  EXPECT_EQ(waiting(), 1U);
}

TEST_F(HeldSending, AQuarantineWithoutRoomForWhatWasReleasedHoldsBackNoOtherBatch) {
  append(2);
  {
    const auto sending = sender(center);
    EXPECT_THAT(center.acknowledged(2), ElementsAre(1, 2));
  }
  desk.limits.quarantine_bytes = 1;
  const std::vector<journal::QuarantinedRow> bad = {{.dataset = record::DatasetId("approval")}};
  ASSERT_TRUE(
      desk.open().append(journal::test::origin(), record::compress_payload("", {0}, {0}), bad, {}));
  center.set_receipts([this](const record::StreamId&, record::Sequence sequence) {
    record::Receipt released = journal::test::receipt_for(batches.at(sequence.value - 1));
    released.outcome = record::Outcome::rejected;
    released.rows = {.rejected = {1}};
    released.refused = {{"", "batch", "sent by mistake", {{1, 1}}}};
    return std::optional(sign(released, desk.node.signer));
  });
  append(1);
  const auto sending = sender(center);
  EXPECT_THAT(center.acknowledged(3), ElementsAre(1, 2, 3));
  EXPECT_EQ(waiting(), 2U) << "that are settled once there is room";
}

// Nobody sends it again, since it is not of the stream that there is.
TEST_F(HeldSending, BringsBackWhatTheCenterLostOfAnEarlierEpoch) {
  append(2);
  {
    const auto sending = sender(center);
    EXPECT_THAT(center.acknowledged(2), ElementsAre(1, 2));
  }
  {
    const auto marks = journal::StreamMarks::open(desk.node.directory / "marks.sqlite").value();
    desk.now += std::chrono::seconds(1);
    journal::Journal journal = desk.open();
    const record::Epoch before = journal.status()->stream.epoch;
    ASSERT_TRUE(journal.begin_epoch({.after = before, .confirmed = {2}}, *marks));
  }
  center.set_receipts([](const record::StreamId&, record::Sequence) { return std::nullopt; });
  const auto sending = sender(center);
  EXPECT_THAT(center.acknowledged(4), ElementsAre(1, 2, 1, 2));
  EXPECT_EQ(waiting(), 0U);
  EXPECT_EQ(desk.open().status()->quarantine_waiting, 2U);
}

TEST_F(HeldSending, StopsAtAReceiptThatIsNotTheCenters) {
  append(2);
  {
    const auto sending = sender(center);
    EXPECT_THAT(center.acknowledged(2), ElementsAre(1, 2));
  }
  center.set_receipts([this](const record::StreamId&, record::Sequence) { return settled({2}); });
  const auto sending = sender(center);
  EXPECT_THAT(center.stopped(), testing::HasSubstr("batch 1 was asked after"));
  EXPECT_EQ(waiting(), 2U);
}

}  // namespace
}  // namespace sluice::link::test

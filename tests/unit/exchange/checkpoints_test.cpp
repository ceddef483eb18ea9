// Checkpoints on their way from a center's ledger, by its receipts, to who keeps them and asks.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "exchange/anchor_audit.h"
#include "exchange/checkpoint_audit.h"
#include "exchange/checkpoint_maker.h"
#include "sqlite/database.h"
#include "store/checkpoint.h"
#include "support/center_builder.h"

namespace sluice::exchange::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class CheckpointsTest : public testing::Test {
 protected:
  // Receives a batch, as the daemon does it.
  record::SignedReceipt receive(const std::string& code) {
    return reception.receive(center.batch(line(code))).value();
  }
  static std::optional<record::Checkpoint> told(const record::SignedReceipt& receipt) {
    return record::parse_receipt(receipt.json).value().checkpoint;
  }
  std::string found_at_center() {
    const auto walked = center.store();
    const auto asked = center.store();
    auto audit = CheckpointAudit::begin(*asked).value();
    const auto all = walked->walk({}, [&](const store::LedgerEntry& entry, const auto&) {
      audit.see(entry);
      return true;
    });
    EXPECT_TRUE(all);
    const auto report = audit.finish().value();
    lost = report.lost;
    return report.first_break.value_or("nothing");
  }
  void sql(const std::string& statements) {
    auto database = sqlite::Database::open(center.node.directory / "central.sqlite").value();
    const auto done = database.execute(statements);
    EXPECT_TRUE(done) << done.error().message;
  }
  AnchorReport compare(const std::vector<Anchor>& anchors) {
    const auto store = center.store();
    return compare_anchors(anchors,
                           [&](const record::BureauId&, const std::string& asked,
                               std::span<const std::uint64_t> numbers) {
                             ++questions;
                             EXPECT_LE(numbers.size(), most_numbers_asked);
                             return std::expected<LineAnswer, record::Flaw>(
                                 answer_of(*store, asked, numbers).value());
                           })
        .value();
  }
  Anchor anchor(const record::SignedReceipt& receipt) {
    return anchor_in(receipt, center.verifier, record::Signers{center.signer.subject()}).value();
  }

  Center center;
  std::shared_ptr<NewestCheckpoint> newest = std::make_shared<NewestCheckpoint>();
  Reception reception{center.store(),
                      {.catalogue = center.catalogue,
                       .keyring = center.keyring,
                       .signatories = center.signatories,
                       .newest_checkpoint = [this] { return newest->get(); }},
                      [this] { return center.now; }};
  std::chrono::steady_clock::time_point steady{};
  std::optional<std::string> obstacle;
  std::atomic<bool> available = true;
  std::vector<std::string> events;
  CheckpointMaker maker{
      {.open = [this] { return store::Result<std::unique_ptr<store::Store>>(center.store()); },
       .obstacle = [this] { return obstacle; },
       .steady = [this] { return steady; }},
      {.made = [this] { events.emplace_back("made"); },
       .begun =
           [this](const store::CheckpointLine& begun) {
             events.push_back(fmt::format("begun after {}", begun.after.number));
           },
       .late = [this](const std::string& reason) { events.push_back("late: " + reason); },
       .gone =
           [this](const record::Checkpoint& last) {
             events.push_back(fmt::format("gone: {}", last.number));
           }},
      newest};
  std::uint64_t lost = 0;
  int questions = 0;
};

TEST_F(CheckpointsTest, AReceiptTellsTheNewestThatTheCenterHasMade) {
  EXPECT_EQ(told(receive("A")), std::nullopt) << "none was made yet";
  EXPECT_FALSE(maker.step());
  ASSERT_TRUE(newest->get());
  EXPECT_EQ(newest->get()->ledger, 1);
  EXPECT_EQ(told(receive("B")), newest->get());
  EXPECT_EQ(told(receive("C")), newest->get()) << "nobody asks the store for it";
  maker.step();
  EXPECT_EQ(told(receive("D"))->ledger, 3);
  EXPECT_THAT(events, ElementsAre("begun after 0", "made", "made"));
  EXPECT_EQ(found_at_center(), "nothing");
}

TEST_F(CheckpointsTest, AReceiptForABatchThatComesAgainIsTheOneThatItGot) {
  const record::Batch batch = center.batch(line("A"));
  const auto first = reception.receive(batch).value();
  maker.step();
  EXPECT_EQ(reception.receive(batch)->json, first.json);
}

TEST_F(CheckpointsTest, WhereNoneCanBeMadeForAMinuteItIsToldOnce) {
  receive("A");
  obstacle = "the disk is short";
  maker.step();
  steady += std::chrono::seconds(59);
  maker.step();
  EXPECT_THAT(events, IsEmpty());
  steady += std::chrono::seconds(1);
  maker.step();
  steady += std::chrono::hours(1);
  maker.step();
  EXPECT_THAT(events, ElementsAre("late: the disk is short"));
  obstacle.reset();
  maker.step();
  EXPECT_THAT(events, ElementsAre("late: the disk is short", "begun after 0", "made"));
  obstacle = "an fsync failed";
  steady += std::chrono::seconds(60);
  maker.step();
  EXPECT_EQ(events.back(), "late: an fsync failed") << "another outage";
}

// A store in which an entry is under way: a migration, of which embedded ones never see anything.
class HeldUpStore final : public UnsteadyStore, private store::Checkpoints {
 public:
  // Both must outlive it.
  HeldUpStore(std::unique_ptr<store::Store> store, const std::atomic<bool>& available,
              const store::CheckpointStep& step)
      : UnsteadyStore(std::move(store), available), step_(step) {}
  store::Checkpoints& checkpoints() override { return *this; }

 private:
  store::Result<store::CheckpointStep> make() override { return step_; }
  store::Result<std::vector<store::CheckpointLine>> lines() override { return {}; }
  store::Result<std::optional<record::Checkpoint>> last(const std::string&) override {
    return std::nullopt;
  }
  store::Result<std::vector<store::KeptCheckpoint>> list(const std::string&, std::uint64_t,
                                                         std::size_t) override {
    return {};
  }
  const store::CheckpointStep& step_;
};

TEST_F(CheckpointsTest, WhereAnEntryIsUnderWayForAMinuteAndNothingIsCoveredItIsTold) {
  store::CheckpointStep step{.newest = record::Checkpoint{"line", 1, 1, {}}, .is_held_up = true};
  CheckpointMaker held_up(
      {.open = [&] { return std::make_unique<HeldUpStore>(center.store(), available, step); },
       .obstacle = [] { return std::nullopt; },
       .steady = [this] { return steady; }},
      {.made = [] {},
       .begun = [](const store::CheckpointLine&) {},
       .late = [this](const std::string& reason) { events.push_back("late: " + reason); },
       .gone = [](const record::Checkpoint&) {}},
      newest);
  held_up.step();
  for (std::uint64_t number = 2; number < 5; ++number) {  // it stands behind those that are covered
    steady += std::chrono::seconds(59);
    step.newest = record::Checkpoint{"line", number, static_cast<std::int64_t>(number), {}};
    held_up.step();
  }
  steady += std::chrono::seconds(59);
  held_up.step();
  EXPECT_THAT(events, IsEmpty());
  steady += std::chrono::seconds(1);
  held_up.step();
  held_up.step();
  EXPECT_THAT(events, ElementsAre(HasSubstr("an entry of the ledger is under way")));
}

TEST_F(CheckpointsTest, WhoTakesCheckpointsOutUnderARunningCenterIsNoticedAtOnce) {
  receive("A");
  maker.step();
  receive("B");
  maker.step();
  sql("DELETE FROM checkpoint WHERE number = 2; DELETE FROM archive WHERE ledger = 2;"
      "DELETE FROM ledger WHERE id = 2");
  maker.step();
  EXPECT_EQ(events.back(), "gone: 2");
  maker.step();
  EXPECT_THAT(events, ElementsAre("begun after 0", "made", "made", "gone: 2")) << "once";
}

// With the key of the database alone he can not sign receipts that tell of his checkpoints.
TEST_F(CheckpointsTest, WhoWritesCheckpointsAnewIsFoundByTheReceiptsBehindThem) {
  for (const char* code : {"A", "B", "C"}) {
    receive(code);
    maker.step();
  }
  sql("UPDATE ledger SET receipt_signature = x'00', receipt = replace(receipt, '\"at\"', ' "
      "\"at\"') "
      "WHERE id = 1");
  record::Digest digest;
  const auto walked = center.store()->walk({}, [&](const store::LedgerEntry& entry, const auto&) {
    digest = store::chain(digest, store::chained(entry));
    sql(fmt::format("UPDATE checkpoint SET digest = '{}' WHERE ledger = {}",
                    record::to_string(digest), entry.id));
    return true;
  });
  ASSERT_TRUE(walked);
  EXPECT_THAT(found_at_center(),
              AllOf(HasSubstr("ledger entry 2 (park batch 2, epoch 1000): its receipt tells of "
                              "checkpoint 1 of line"),
                    HasSubstr("up to ledger entry 1")));
}

TEST_F(CheckpointsTest, ARestoredCenterBeginsALineAndTellsWhatItLost) {
  receive("A");
  maker.step();
  center.keep_store();
  const auto second = receive("B");
  maker.step();
  const auto third = receive("C");
  center.put_store_back();
  const std::vector<Anchor> anchors{anchor(second), anchor(third)};
  EXPECT_THAT(compare(anchors).broken, IsEmpty()) << "before the center has made one";
  maker.step();
  EXPECT_THAT(events, ElementsAre("begun after 0", "made", "made", "begun after 1"));
  const auto report = compare(anchors);
  EXPECT_THAT(report.broken, IsEmpty());
  EXPECT_EQ(report.same, 1U) << "what the backup had";
  EXPECT_THAT(report.lost, ElementsAre(HasSubstr("from number 2 on, up to ledger entry 2")));
  EXPECT_EQ(found_at_center(), "nothing");
}

// For a moment it signs with what it made before the store under it was put back.
TEST_F(CheckpointsTest, AReceiptThatTellsOfALostOneDoesNotBreakTheLedgerThatItIsIn) {
  receive("A");
  center.keep_store();
  const record::ChainHead kept = center.head;
  receive("B");
  maker.step();
  center.put_store_back();
  center.head = kept;
  EXPECT_EQ(told(receive("C")), newest->get());
  maker.step();
  EXPECT_EQ(newest->get()->ledger, 2);
  EXPECT_EQ(found_at_center(), "nothing");
  EXPECT_EQ(lost, 1U);
}

TEST_F(CheckpointsTest, AnAnchorIsBelievedForItsSignature) {
  maker.step();
  receive("A");
  maker.step();
  const auto receipt = receive("B");
  const record::Signers own{center.signer.subject()};
  EXPECT_EQ(anchor(receipt).checkpoint, *newest->get());
  record::SignedReceipt changed = receipt;
  changed.json.replace(changed.json.find("\"ledger\":\"1\""), 12, "\"ledger\":\"2\"");
  EXPECT_FALSE(anchor_in(changed, center.verifier, own));
  EXPECT_FALSE(anchor_in(receipt, center.verifier, record::Signers{"CN=another center"}));
  Reception silent = center.reception();
  const auto without = silent.receive(center.batch(line("C"))).value();
  EXPECT_THAT(anchor_in(without, center.verifier, own).error().sentence,
              HasSubstr("names no checkpoint"));
}

TEST_F(CheckpointsTest, ManyAnchorsAreAskedForInFewQuestions) {
  std::vector<Anchor> anchors;
  for (int i = 0; i < 205; ++i) {
    receive("A" + std::to_string(i));
    maker.step();
    anchors.push_back({*newest->get(), center.origin().stream, {}, center.now, "CN=center"});
    anchors.push_back(anchors.back());
  }
  const auto report = compare(anchors);
  EXPECT_EQ(report.same, 410U);
  EXPECT_EQ(questions, 3);
}

TEST(LineAnswer, ReadsBackAsItself) {
  LineAnswer answer{.line = "0123456789abcdef",
                    .state = LineAnswer::State::over,
                    .last = 12,
                    .since = moment("2026-11-23T04:44:00.000Z"),
                    .checkpoints = {{"0123456789abcdef", 12, 57, record::sha256("chain")}}};
  EXPECT_EQ(parse_line_answer(to_json(answer)).value(), answer);
  answer = {.line = "0123456789abcdef"};
  const std::string json = to_json(answer);
  EXPECT_EQ(parse_line_answer(json).value(), answer);
  EXPECT_FALSE(parse_line_answer(json.substr(1)));
  EXPECT_FALSE(parse_line_answer("{}"));
  std::string other = json;
  other.replace(other.find("unknown"), 7, "perhaps");
  EXPECT_FALSE(parse_line_answer(other));
}

TEST_F(CheckpointsTest, AnEntryThatWasChangedDoesNotFitTheCheckpointBehindIt) {
  receive("A");
  maker.step();
  receive("B");
  maker.step();
  EXPECT_EQ(found_at_center(), "nothing");
  sql("UPDATE ledger SET receipt = receipt || ' ' WHERE id = 1");
  EXPECT_THAT(found_at_center(), AllOf(HasSubstr("checkpoint 1 "), HasSubstr("its digest is")));
}

TEST_F(CheckpointsTest, AnEndThatWasCutOffIsToldByTheCheckpointThatReachedIt) {
  receive("A");
  maker.step();
  receive("B");
  maker.step();
  sql("DELETE FROM archive WHERE ledger = 2; DELETE FROM ledger WHERE id = 2");
  EXPECT_THAT(found_at_center(),
              AllOf(HasSubstr("checkpoint 2 "), HasSubstr("before which the ledger ends")));
}

}  // namespace
}  // namespace sluice::exchange::test

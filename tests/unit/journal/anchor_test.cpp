// Checkpoints of the center's ledger, which outlive the receipts that brought them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "journal/anchor_tables.h"
#include "journal/stream_marks.h"
#include "sqlite/database.h"
#include "support/journal_builder.h"

namespace sluice::journal::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class AnchorTest : public testing::Test {
 protected:
  // A batch is answered, by a receipt that tells of this checkpoint.
  void answer(Journal& journal, std::uint64_t number, const std::string& line = first_line) {
    ASSERT_TRUE(journal.append(origin(), payload("row", 1), {}, {}));
    record::Receipt receipt = receipt_for(waiting(journal).front());
    receipt.checkpoint = {line, number, static_cast<std::int64_t>(10 * number), {}};
    receipt.at = desk.now;
    receipt.reason = reason;
    ASSERT_TRUE(journal.acknowledge(receipt, {record::to_json(receipt), "signature"}));
  }
  // "1" …: what the receipts tell that were kept.
  static std::vector<std::uint64_t> kept(Journal& journal) {
    std::vector<std::uint64_t> numbers;
    EXPECT_TRUE(journal.read_anchors([&](const record::SignedReceipt& receipt) {
      EXPECT_EQ(receipt.signature, "signature");
      numbers.push_back(record::parse_receipt(receipt.json).value().checkpoint.value().number);
      return true;
    }));
    return numbers;
  }

  static constexpr const char* first_line = "0000000000000001";
  static constexpr const char* second_line = "0000000000000002";
  Desk desk;
  std::string reason;
};

TEST_F(AnchorTest, TheNewestOfEachHourStays) {
  Journal journal = desk.open();
  for (const std::uint64_t number : {1U, 2U, 3U})
    answer(journal, number);
  desk.now += std::chrono::hours(1);
  for (const std::uint64_t number : {4U, 5U, 5U})
    answer(journal, number);
  EXPECT_THAT(kept(journal), ElementsAre(3, 5));
}

// What a restore took is known by its last one.
TEST_F(AnchorTest, TheNewestOfEachLineStays) {
  Journal journal = desk.open();
  answer(journal, 7);
  answer(journal, 1, second_line);
  answer(journal, 2, second_line);
  EXPECT_THAT(kept(journal), ElementsAre(2, 7));
}

TEST_F(AnchorTest, AReceiptThatTellsOfNoneIsNotKeptForIt) {
  Journal journal = desk.open();
  ASSERT_TRUE(journal.append(origin(), payload("row", 1), {}, {}));
  ASSERT_TRUE(journal.acknowledge(receipt_for(waiting(journal).front()), {"{}", "signature"}));
  EXPECT_THAT(kept(journal), IsEmpty());
}

TEST_F(AnchorTest, OneOfVeryManyRowsIsNotKeptTwice) {
  Journal journal = desk.open();
  reason = std::string(longest_anchor, 'x');
  answer(journal, 1);
  EXPECT_THAT(kept(journal), IsEmpty());
  EXPECT_TRUE(journal.receipt({1}).value());
}

TEST_F(AnchorTest, ItStaysWhenItsReceiptIsForgottenAndGoesAfterAYear) {
  desk.limits.answer_age = std::chrono::hours(24);
  Journal journal = desk.open();
  answer(journal, 1);
  desk.now += std::chrono::days(30);
  answer(journal, 2);
  EXPECT_FALSE(journal.receipt({1}).value());
  EXPECT_THAT(kept(journal), ElementsAre(1, 2));
  desk.now += std::chrono::days(340);
  answer(journal, 3);
  EXPECT_THAT(kept(journal), ElementsAre(2, 3));
}

TEST_F(AnchorTest, TheNewestStaysHoweverOldItIs) {
  Journal journal = desk.open();
  answer(journal, 1);
  const record::Time then = desk.now;
  desk.now += std::chrono::days(800);
  const Journal again = desk.open();
  EXPECT_THAT(kept(journal), ElementsAre(1));
  // Its clock is wrong; what it tells is kept all the same.
  ASSERT_TRUE(journal.append(origin(), payload("row", 1), {}, {}));
  record::Receipt receipt = receipt_for(waiting(journal).front());
  receipt.checkpoint = {first_line, 2, 20, {}};
  receipt.at = then;
  ASSERT_TRUE(journal.acknowledge(receipt, {record::to_json(receipt), "signature"}));
  EXPECT_THAT(kept(journal), ElementsAre(2));
}

TEST_F(AnchorTest, ItOutlivesAnEpoch) {
  const auto marks = StreamMarks::open(desk.node.directory / "remembered.sqlite");
  Journal journal = desk.open();
  answer(journal, 1);
  ASSERT_TRUE(journal.begin_epoch({.confirmed = {1}}, **marks));
  EXPECT_FALSE(journal.receipt({1}).value());
  EXPECT_THAT(kept(journal), ElementsAre(1));
}

TEST_F(AnchorTest, AJournalOfVersionFiveGetsItsTable) {
  {
    const Journal journal = desk.open();
    auto database = sqlite::Database::open(desk.file()).value();
    ASSERT_TRUE(database.execute("DROP TABLE anchor; PRAGMA user_version=5"));
  }
  Journal journal = desk.open();
  answer(journal, 1);
  EXPECT_THAT(kept(journal), ElementsAre(1));
}

}  // namespace
}  // namespace sluice::journal::test

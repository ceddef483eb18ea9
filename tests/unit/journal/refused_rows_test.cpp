// Rows that the center refused come back to the quarantine of where they came in, with the receipt.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "journal/stream_marks.h"
#include "sqlite/database.h"
#include "support/journal_builder.h"

namespace sluice::journal::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class RefusedRows : public testing::Test {
 protected:
  // Sealed as batch 1, and no other.
  record::Batch sealed(int rows) {
    EXPECT_TRUE(journal.append(origin(), payload("name", rows), {}, {}));
    return waiting(journal).front();
  }
  static record::Receipt refusing(const record::Batch& batch,
                                  std::vector<record::RefusedRows> refused) {
    record::Receipt receipt = receipt_for(batch);
    receipt.rows.rejected = record::count_of(refused);
    receipt.rows.inserted.value -= receipt.rows.rejected.value;
    receipt.refused = std::move(refused);
    return receipt;
  }
  // A call of these rows, the first of which is the `place`th in it.
  static Submission call(const std::string& key, int rows, std::uint64_t place = 1) {
    Submission call = submission(key, rows);
    call.places = {key, {{1, place}}};
    return call;
  }
  // Whatever is waiting has all of its rows refused.
  void refuse_all() {
    for (const record::Batch& batch : waiting(journal)) {
      const std::uint64_t rows = receipt_for(batch).rows.inserted.value;
      ASSERT_TRUE(take(refusing(batch, {{"code", "unique", "s", {{1, rows}}}})));
    }
  }
  std::vector<std::string> places() {
    std::vector<std::string> all;
    for (const QuarantineEntry& entry : entries())
      all.push_back(fmt::format("{}:{}", entry.row.source, entry.row.place));
    return all;
  }
  Result<void> take(const record::Receipt& receipt) {
    return journal.acknowledge(receipt, {record::to_json(receipt), "signature"});
  }
  std::vector<QuarantineEntry> entries() {
    std::vector<QuarantineEntry> all;
    const auto page = journal.quarantine_page({}, {.most = 1000}).value();
    for (const QuarantineEntry& head : page)
      all.push_back(journal.quarantine_entry(head.id).value().value());
    return all;
  }
  std::vector<std::string> originals() {
    std::vector<std::string> all;
    for (const QuarantineEntry& entry : entries())
      all.push_back(entry.row.original);
    return all;
  }
  void open_again() { journal = desk.open(); }

  Desk desk;
  Journal journal = desk.open();
};

TEST_F(RefusedRows, ComeToTheQuarantineWithReasonAndPlaceAsTheReceiptIsTaken) {
  const record::Batch batch = sealed(5);
  const record::Receipt receipt =
      refusing(batch, {{"code", "unique", "another record has it", {{2, 2}, {4, 5}}},
                       {"", "store", "SQLSTATE 54000", {{3, 3}}}});
  ASSERT_TRUE(take(receipt));
  const auto all = entries();
  ASSERT_EQ(all.size(), 4U);
  EXPECT_THAT(originals(),
              ElementsAre("U\t\\N\tname-2", "U\t\\N\tname-3", "U\t\\N\tname-4", "U\t\\N\tname-5"));
  const QuarantinedRow& first = all[0].row;
  EXPECT_EQ(first.dataset, record::DatasetId("approval"));
  EXPECT_EQ(first.source, "batch 1");
  EXPECT_EQ(first.place, 2U);
  EXPECT_EQ(first.field, "code");
  EXPECT_EQ(first.rule, "unique");
  EXPECT_EQ(first.sentence, "another record has it");
  EXPECT_EQ(first.refused, (RefusedPlace{receipt.stream.epoch, {1}, 2}));
  EXPECT_EQ(all[1].row.rule, "store");
  EXPECT_EQ(all[0].state, QuarantineState::waiting);
  EXPECT_TRUE(waiting(journal).empty()) << "the batch went with it";
  ASSERT_TRUE(take(receipt)) << "the same receipt again";
  EXPECT_EQ(entries().size(), 4U);
}

TEST_F(RefusedRows, OfASecondReceiptAreKeptWhereTheyAreOthers) {
  const record::Batch batch = sealed(3);
  const record::Receipt first = refusing(batch, {{"code", "unique", "another has it", {{2, 2}}}});
  ASSERT_TRUE(take(first));
  record::Receipt again = first;
  again.at += std::chrono::hours(1);
  ASSERT_TRUE(take(again));
  EXPECT_EQ(entries().size(), 1U) << "it is there since the first one";
  record::Receipt other = refusing(batch, {{"code", "unique", "another has it", {{3, 3}}}});
  other.at += std::chrono::hours(2);
  ASSERT_TRUE(take(other)) << "a center that was restored judged anew";
  EXPECT_THAT(originals(), ElementsAre("U\t\\N\tname-2", "U\t\\N\tname-3"));
}

TEST_F(RefusedRows, AreAllKeptHoweverMany) {
  const record::Batch batch = sealed(5000);
  std::vector<record::RowRange> every_other;
  for (std::uint64_t row = 1; row <= 5000; row += 2)
    every_other.push_back({row, row});
  ASSERT_TRUE(take(refusing(batch, {{"code", "unique", "s", every_other}})));
  EXPECT_EQ(journal.status()->quarantine_waiting, 2500U);
}

TEST_F(RefusedRows, OfABatchThatWasRefusedWholeAreAllOfThem) {
  const record::Batch batch = sealed(3);
  record::Receipt receipt = refusing(batch, {{"", "batch", "why", {{1, 3}}}});
  receipt.outcome = record::Outcome::rejected;
  receipt.reason = "why";
  ASSERT_TRUE(take(receipt));
  EXPECT_THAT(originals(), ElementsAre("U\t\\N\tname-1", "U\t\\N\tname-2", "U\t\\N\tname-3"));
}

TEST_F(RefusedRows, OfAPayloadThatCanNotBeReadAreKeptAsThePayloadItself) {
  record::Payload odd = payload("name", 3);
  odd.raw_bytes.value -= 1;  // so a reader stops before its end
  const std::string bytes = odd.compressed;
  ASSERT_TRUE(journal.append(origin(), std::move(odd), {}, {}));
  record::Receipt receipt =
      refusing(waiting(journal).front(), {{"", "batch", "does not decode", {{1, 3}}}});
  receipt.outcome = record::Outcome::rejected;
  receipt.reason = "does not decode";
  ASSERT_TRUE(take(receipt));
  const auto all = entries();
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].row.original, bytes);
  EXPECT_EQ(all[0].row.refused->row, 0U);
  EXPECT_THAT(all[0].row.sentence, HasSubstr("does not decode"));
}

TEST_F(RefusedRows, ThatACenterOfBeforeDidNotNameAreKeptInTheirBatch) {
  const record::Batch batch = sealed(5);
  record::Receipt receipt = refusing(batch, {{"code", "unique", "s", {{2, 2}}}});
  receipt.rows.rejected = {3};
  receipt.rows.inserted = {2};
  ASSERT_TRUE(take(receipt));
  const auto all = entries();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].row.original, "U\t\\N\tname-2");
  EXPECT_EQ(all[1].row.original, batch.payload);
  EXPECT_THAT(all[1].row.sentence, HasSubstr("3 rows of this batch were refused, and 1 of them"));
}

TEST_F(RefusedRows, WaitWithTheirReceiptWhileTheQuarantineIsFull) {
  desk.limits.quarantine_bytes = 600;
  open_again();
  const std::vector<QuarantinedRow> bad = {{.dataset = record::DatasetId("approval"),
                                            .rule = "uscc",
                                            .original = std::string(400, 'x')}};
  const record::Batch batch = sealed(2);
  ASSERT_TRUE(journal.append(origin(), record::compress_payload("", {0}, {0}), bad, {}));
  const record::Receipt receipt = refusing(batch, {{"code", "unique", "s", {{1, 1}}}});
  const auto full = take(receipt);
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().code, JournalProblem::backlog_full);
  EXPECT_THAT(full.error().sentence, HasSubstr("sluice quarantine counts park"));
  EXPECT_EQ(waiting(journal).size(), 1U) << "the batch stays";
  EXPECT_FALSE(journal.receipt({1}).value());
  ASSERT_TRUE(journal.discard(1, {.by = "li wei", .note = "no"}));
  desk.now += std::chrono::milliseconds(1);
  ASSERT_TRUE(take(receipt));
  EXPECT_TRUE(waiting(journal).empty());
  EXPECT_THAT(originals(), ElementsAre("U\t\\N\tname-1"));
}

TEST_F(RefusedRows, GoWithWhatIsNotedOfThemWhenTheyAreSettledAndOld) {
  const record::Batch batch = sealed(1);
  ASSERT_TRUE(take(refusing(batch, {{"code", "unique", "s", {{1, 1}}}})));
  ASSERT_TRUE(journal.discard(1, {.by = "li wei", .note = "no"}));
  desk.now += desk.limits.quarantine_age + std::chrono::hours(1);
  Submission next = submission("next", 1);
  next.cursors.push_back({"direct", "key", "value", Cursor::Keep::as_an_answer});
  ASSERT_TRUE(journal.commit(std::span(&next, 1)));
  EXPECT_TRUE(entries().empty());
  auto database = sqlite::Database::open(desk.file()).value();
  auto left = database.prepare("SELECT count(*) FROM quarantine_refusal").value();
  ASSERT_TRUE(left.step().value());
  EXPECT_EQ(left.integer(0), 0);
}

TEST_F(RefusedRows, OfAFileAreToldByItsNameAndTheirLines) {
  const SourcePlaces file{"permits.csv", {{1, 2}, {3, 7}}};
  ASSERT_TRUE(journal.append(origin(), payload("name", 4), {}, {}, std::nullopt, file));
  ASSERT_TRUE(take(refusing(waiting(journal).front(), {{"code", "unique", "s", {{2, 4}}}})));
  EXPECT_THAT(places(), ElementsAre("permits.csv:3", "permits.csv:7", "permits.csv:8"));
  EXPECT_EQ(entries()[0].row.refused->row, 2U) << "of the batch, as before";
}

TEST_F(RefusedRows, OfCallsThatShareABatchAreToldByTheirCalls) {
  ASSERT_TRUE(journal.commit(std::vector{call("first", 2), submission("unknown", 1)}));
  open_again();
  ASSERT_TRUE(journal.commit(std::vector{call("second", 1, 4), call("third", 2)}));
  ASSERT_TRUE(journal.close_open_batches(Journal::Close::all));
  ASSERT_EQ(waiting(journal).size(), 1U);
  refuse_all();
  EXPECT_THAT(places(),
              ElementsAre("first:1", "first:2", "batch 1:3", "second:4", "third:1", "third:2"));
}

TEST_F(RefusedRows, OfALargeCallAreToldByIt) {
  Submission large = call("large", 2);
  large.payload = record::compress_payload(large.lines, large.upserts, large.deletes);
  large.lines.clear();
  ASSERT_TRUE(journal.commit(std::span(&large, 1)));
  refuse_all();
  EXPECT_THAT(places(), ElementsAre("large:1", "large:2"));
}

TEST_F(RefusedRows, HaveTheirPlacesAlsoInANewEpoch) {
  const auto marks = StreamMarks::open(desk.node.directory / "marks.sqlite").value();
  ASSERT_TRUE(journal.commit(std::vector{call("held", 1)}));
  ASSERT_TRUE(journal.close_open_batches(Journal::Close::all));
  const record::Batch first = waiting(journal).front();
  record::Receipt held = receipt_for(first);
  held.outcome = record::Outcome::held;
  held.rows = {};
  ASSERT_TRUE(take(held));
  ASSERT_TRUE(journal.commit(std::vector{call("waits", 1)}));
  ASSERT_TRUE(journal.begin_epoch({.confirmed = {1}}, *marks));
  refuse_all();
  ASSERT_TRUE(take(refusing(first, {{"code", "unique", "s", {{1, 1}}}})));
  EXPECT_THAT(places(), ElementsAre("waits:1", "held:1"));
  EXPECT_EQ(journal.status()->backlog.bytes, 0U);
}

TEST_F(RefusedRows, TheirPlacesCountForWhatIsKept) {
  ASSERT_TRUE(journal.commit(std::vector{call(std::string(500, 'k'), 1)}));
  ASSERT_TRUE(journal.close_open_batches(Journal::Close::all));
  const record::Batch batch = waiting(journal).front();
  EXPECT_GT(journal.status()->backlog.bytes, batch.payload.size() + 500);
  ASSERT_TRUE(take(receipt_for(batch)));
  EXPECT_EQ(journal.status()->backlog.bytes, 0U);
  EXPECT_GT(journal.status()->retained.bytes, batch.payload.size() + 1000);
}

TEST_F(RefusedRows, ThatWereTakenByVersionSixAreToldByTheirBatch) {
  ASSERT_TRUE(journal.append(origin(), payload("closed", 1), {}, {}, std::nullopt,
                             SourcePlaces{"permits.csv", {{1, 2}}}));
  ASSERT_TRUE(journal.commit(std::vector{call("open", 2)}));
  {
    auto database = sqlite::Database::open(desk.file()).value();
    ASSERT_TRUE(database.execute(
        "ALTER TABLE batch DROP COLUMN places; ALTER TABLE open_lines DROP COLUMN places;"
        "ALTER TABLE held_batch DROP COLUMN places; PRAGMA user_version=6"));
  }
  open_again();
  ASSERT_TRUE(journal.commit(std::vector{call("later", 1)}));
  ASSERT_TRUE(journal.close_open_batches(Journal::Close::all));
  refuse_all();
  EXPECT_THAT(places(), ElementsAre("batch 1:1", "batch 2:1", "batch 2:2", "later:1"));
}

TEST_F(RefusedRows, AreTakenInAFileOfVersionFour) {
  const record::Batch batch = sealed(2);
  const std::vector<QuarantinedRow> bad = {
      {.dataset = record::DatasetId("approval"), .rule = "uscc"}};
  ASSERT_TRUE(journal.append(origin(), record::compress_payload("", {0}, {0}), bad, {}));
  {
    auto database = sqlite::Database::open(desk.file()).value();
    ASSERT_TRUE(database.execute("DROP TABLE quarantine_refusal; PRAGMA user_version=4"));
  }
  open_again();
  ASSERT_TRUE(take(refusing(batch, {{"code", "unique", "s", {{2, 2}}}})));
  const auto all = entries();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_FALSE(all[0].row.refused);
  EXPECT_TRUE(all[1].row.refused);
}

}  // namespace
}  // namespace sluice::journal::test

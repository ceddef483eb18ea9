// One bad row never stops the good ones: what a store does with rows that break a rule.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "conformance/store_fixture.h"
#include "support/refused_rows.h"

namespace sluice::test {
namespace {

using ::testing::ElementsAre;

class StoreRejectionTest : public StoreSuite {};
INSTANTIATE_TEST_SUITE_P(Stores, StoreRejectionTest, ::testing::ValuesIn(store_kinds()), kind_name);

record::Dataset people() {
  return DatasetBuilder("people", "park")
      .field("id")
      .field("name")
      .required()
      .max_length(5)
      .field("phone")
      .unique()
      .build();
}

// Row, field and rule of each rejected row.
std::vector<std::string> rejected(const record::Receipt& receipt) {
  std::vector<std::string> list;
  for (const record::RejectedRow& row : record::test::rejected_rows(receipt)) {
    EXPECT_FALSE(row.sentence.empty());
    list.push_back(fmt::format("{} {} {}", row.row, row.field, row.rule));
  }
  return list;
}

TEST_P(StoreRejectionTest, RowsThatBreakTheSchemaAreRejectedSingly) {
  const auto dataset = people();
  prepare(dataset);
  const auto receipt = apply(dataset, {upsert({"1", "Anna", "11"}), upsert({"2", null, "12"}),
                                       upsert({"3", "Too long", "13"}), "U\t\\N\t4\tshort\n",
                                       upsert({"5", "Eve", "15"}), remove({null}, 3)});
  EXPECT_EQ(receipt.outcome, record::Outcome::accepted);
  EXPECT_EQ(receipt.rows, outcomes(2, 0, 0, 0, 4));
  EXPECT_THAT(rejected(receipt),
              ElementsAre("2 name required", "3 name maxLength", "4  format", "6 id required"));
  EXPECT_THAT(records(dataset),
              ElementsAre(columns({"1", "Anna", "11"}), columns({"5", "Eve", "15"})));
}

TEST_P(StoreRejectionTest, RowThatTakesAUniqueValueIsRejectedAndItsRecordStays) {
  const auto dataset = people();
  prepare(dataset);
  apply(dataset, {upsert({"1", "Anna", "11"}), upsert({"2", "Bob", "12"})});
  const auto receipt = apply(dataset, {upsert({"1", "Ann", "11"}), upsert({"2", "Bobby", "11"}),
                                       upsert({"3", "Carl", "11"}), upsert({"4", "Dora", "14"})});
  EXPECT_EQ(receipt.rows, outcomes(1, 1, 0, 0, 2));
  EXPECT_THAT(rejected(receipt), ElementsAre("2 phone unique", "3 phone unique"));
  EXPECT_THAT(records(dataset),
              ElementsAre(columns({"1", "Ann", "11"}), columns({"2", "Bob", "12"}),
                          columns({"4", "Dora", "14"})));
  EXPECT_THAT(home_->query("SELECT id FROM " + home_->table("history", "people")),
              ElementsAre("1"));
}

TEST_P(StoreRejectionTest, UniqueKeyOfSeveralFieldsLetsNullsPass) {
  const auto dataset = DatasetBuilder("people", "park")
                           .field("id")
                           .field("a")
                           .field("b")
                           .unique_key({"a", "b"})
                           .build();
  prepare(dataset);
  const auto receipt = apply(dataset, {upsert({"1", "x", "y"}), upsert({"2", "x", null}),
                                       upsert({"3", "x", null}), upsert({"4", "x", "y"})});
  EXPECT_EQ(receipt.rows, outcomes(3, 0, 0, 0, 1));
  EXPECT_THAT(rejected(receipt), ElementsAre("4  unique"));
}

TEST_P(StoreRejectionTest, UniqueValueMayPassFromOneRecordToAnother) {
  const auto dataset = people();
  prepare(dataset);
  apply(dataset, {upsert({"1", "Anna", "11"}), upsert({"2", "Bob", "12"})});
  const auto receipt = apply(dataset, {upsert({"1", "Anna", "12"}), upsert({"2", "Bob", "11"})});
  EXPECT_EQ(receipt.rows, outcomes(0, 2, 0, 0, 0));
}

TEST_P(StoreRejectionTest, FewBadRowsAmongManyAreFound) {
  const auto dataset = people();
  prepare(dataset);
  apply(dataset, {upsert({"taken", "Anna", "taken"})});
  std::vector<std::string> lines;
  for (int i = 0; i < 5000; ++i) {
    const bool bad = i == 0 || i == 2500 || i == 2501 || i == 4999;
    lines.push_back(upsert({fmt::format("{:04}", i), "Name", bad ? "taken" : std::to_string(i)}));
  }
  const auto receipt = apply(dataset, lines);
  EXPECT_EQ(receipt.rows, outcomes(4996, 0, 0, 0, 4));
  EXPECT_THAT(rejected(receipt), ElementsAre("1 phone unique", "2501 phone unique",
                                             "2502 phone unique", "5000 phone unique"));
  EXPECT_EQ(records(dataset).size(), 4997U);
}

TEST_P(StoreRejectionTest, ChangesOfOneRecordAreRejectedOneByOne) {
  const auto dataset = people();
  prepare(dataset);
  apply(dataset, {upsert({"1", "Anna", "11"}), upsert({"2", "Bob", "12"})});
  const auto receipt = apply(dataset, {upsert({"2", "One", "13"}), upsert({"2", "Two", "11"}),
                                       upsert({"2", "Three", "14"}), upsert({"2", "Four", "11"})});
  EXPECT_EQ(receipt.rows, outcomes(0, 2, 0, 0, 2));
  EXPECT_THAT(rejected(receipt), ElementsAre("2 phone unique", "4 phone unique"));
  EXPECT_THAT(records(dataset),
              ElementsAre(columns({"1", "Anna", "11"}), columns({"2", "Three", "14"})));
  EXPECT_THAT(home_->query("SELECT name || sluice_ended_by_line FROM " +
                           home_->table("history", "people") + " ORDER BY sluice_ended_by_line"),
              ElementsAre("Bob1", "One3"));
}

TEST_P(StoreRejectionTest, EveryRejectedRowIsNamedHoweverManyThereAre) {
  const auto dataset = people();
  prepare(dataset);
  std::vector<std::string> lines;
  for (int i = 0; i < 3000; ++i) {
    lines.push_back(upsert({std::to_string(i), i % 2 == 0 ? Value() : Value("good"), null}));
  }
  const auto receipt = apply(dataset, lines);
  EXPECT_EQ(receipt.rows, outcomes(1500, 0, 0, 0, 1500));
  const auto rows = record::test::rejected_rows(receipt);
  ASSERT_EQ(rows.size(), 1500U);
  EXPECT_EQ(rows.front().row, 1U);
  EXPECT_EQ(rows.back().row, 2999U);
  EXPECT_EQ(receipt.refused.size(), 1U) << "of one reason";
}

TEST_P(StoreRejectionTest, ABatchThatIsRejectedWholeMovesTheHeadAndNothingElse) {
  const auto dataset = people();
  prepare(dataset);
  apply(dataset, {upsert({"1", "Anna", "11"})});
  const Sent sent =
      stream_.batch(dataset, {upsert({"2", "Bob", "12"}), upsert({"3", "Eve", "13"})});
  const std::string reason = "its payload does not decode";
  const auto reject = [&] {
    return store_->reject({sent.manifest, sent.batch, reason},
                          receipt_maker(sent.manifest, sent.batch));
  };
  const auto rejected_receipt = reject();
  ASSERT_TRUE(rejected_receipt) << record::to_string(rejected_receipt.error());
  const auto receipt = receipt_of(*rejected_receipt);
  EXPECT_EQ(receipt.outcome, record::Outcome::rejected);
  EXPECT_EQ(receipt.reason, reason);
  EXPECT_EQ(receipt.rows, outcomes(0, 0, 0, 0, 2));
  EXPECT_THAT(receipt.refused, ElementsAre(record::RefusedRows{"", "batch", reason, {{1, 2}}}));
  EXPECT_EQ(store_->head(stream_.id()).value(), stream_.head());
  EXPECT_THAT(records(dataset), ElementsAre(columns({"1", "Anna", "11"})));
  EXPECT_EQ(reject().value().json, rejected_receipt->json) << "once";
  // The stream goes on behind it, and it is archived as it came.
  EXPECT_EQ(apply(dataset, {upsert({"4", "Dora", "14"})}).rows, outcomes(1, 0, 0, 0, 0));
  std::vector<std::string> walked;
  std::string archived;
  ASSERT_TRUE(store_->walk({}, [&](const store::LedgerEntry& entry, const record::Batch& batch) {
    walked.push_back(entry.outcome);
    if (walked.size() == 2) archived = batch.payload;
    return true;
  }));
  EXPECT_THAT(walked, ElementsAre("accepted", "rejected", "accepted"));
  EXPECT_EQ(archived, sent.batch.payload);
  // What a dataset's moments and figures are made of are batches that brought something.
  const auto activity = store_->activity(dataset.id, {}, std::chrono::hours(1'000'000)).value();
  std::uint64_t batches = 0;
  for (const auto& span : activity.spans)
    batches += span.batches;
  EXPECT_EQ(batches, 2U);
}

TEST_P(StoreRejectionTest, OnlyTheNextBatchOfItsStreamIsRejectedIntoTheLedger) {
  const auto dataset = people();
  prepare(dataset);
  apply(dataset, {upsert({"1", "Anna", "11"})});
  const std::string reason = "whatever";
  const auto problem = [&](const Sent& sent) {
    const auto entered = store_->reject({sent.manifest, sent.batch, reason},
                                        receipt_maker(sent.manifest, sent.batch));
    EXPECT_FALSE(entered);
    return entered ? store::StoreProblem::failed : entered.error().code;
  };
  const std::vector<std::string> lines = {upsert({"2", "Bob", "12"})};
  const record::Digest other = record::sha256("other");
  EXPECT_EQ(problem(stream_.stray(dataset, lines, {{5}, other})),
            store::StoreProblem::out_of_order);
  EXPECT_EQ(problem(stream_.stray(dataset, lines, {{1}, other})),
            store::StoreProblem::chain_broken);
  EXPECT_EQ(problem(stream_.stray(dataset, lines, {{0}, {}})), store::StoreProblem::conflicting);
  EXPECT_EQ(store_->head(stream_.id()).value(), stream_.head());
}

}  // namespace
}  // namespace sluice::test

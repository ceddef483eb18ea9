#include "intake/bulk_intake.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "intake_builder.h"

namespace sluice::intake::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class BulkIntakeTest : public testing::Test {
 protected:
  // Feeds rows with these codes; an empty one is a row without its key, and what stands behind a
  // slash is the row's name.
  std::expected<SourceCursor, IntakeFailure> run(const std::vector<std::string>& codes,
                                                 const SourceCursor& taken = {},
                                                 bool finishes = true) {
    BulkIntake intake({reg.dataset, reg.checker, reg.mapping, limit, record::Mode::disk, "f.csv",
                       recent, most_rows},
                      size, taken, testing::TempDir(), sink);
    EXPECT_TRUE(intake.begin(reg.columns));
    std::uint64_t place = 1;
    for (const std::string& row : codes) {
      const std::string code = row.substr(0, row.find('/'));
      const std::string name = code == row ? "name" : row.substr(code.size() + 1);
      const std::vector<SourceValue> values = {code, name, "N/A"};
      const std::string original = code + "," + name + ",N/A";
      if (auto taken_row =
              intake.accept({.values = values, .original = original, .place = ++place});
          !taken_row) {
        return std::unexpected(taken_row.error());
      }
    }
    if (finishes) {
      if (auto done = intake.finish(); !done) return std::unexpected(done.error());
    }
    return intake.cursor();
  }

  static std::string line(const std::string& code) {
    return "U\t\\N\t" + code + "\tname\t\\N\t\\N\n";
  }

  Register reg;
  // `count` rows, the last `failed` of them without their keys.
  static std::vector<std::string> rows(int count, int failed) {
    std::vector<std::string> codes;
    for (int i = 0; i < count; ++i)
      codes.push_back(i < count - failed ? "C" + std::to_string(i) : "");
    return codes;
  }

  RejectLimit limit;
  RecentRows recent;
  std::uint64_t most_rows = 0;
  BatchSize size{.rows = 2, .bytes = 1 << 20};
  KeepingSink sink;
};

TEST_F(BulkIntakeTest, ClosesABatchWhenItHasItsRows) {
  const auto cursor = run({"A", "B", "C"}).value();
  ASSERT_THAT(sink.batches, SizeIs(2));
  EXPECT_EQ(sink.batches[0].lines, line("A") + line("B"));
  EXPECT_EQ(counts_of(cursor_of(sink.batches[0])), (SourceCursor{.rows = 2, .accepted = 2}));
  EXPECT_TRUE(cursor_of(sink.batches[1]).complete);
  EXPECT_EQ(cursor.accepted, 3U);
}

TEST_F(BulkIntakeTest, WhatAnEarlierRunTookOfAnotherSourceIsNoBeginning) {
  const auto begun = run({"A1", "A2", "A3"}, {}, false);
  ASSERT_TRUE(begun);
  SourceCursor taken = parse_source_cursor(sink.batches.front().cursor).value();
  ASSERT_EQ(taken.rows, 2U);
  EXPECT_EQ(run({"A1", "A2", "A3", "A4"}, taken).value().rows, 4U);
  const std::size_t batches = sink.batches.size();
  for (const std::vector<std::string>& other :
       {std::vector<std::string>{"A1", "B2", "A3"}, {"A2", "A1", "A3"}, {"A1", "", "A3"}, {"A1"}}) {
    const auto failed = run(other, taken);
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, IntakeProblem::other_rows);
    EXPECT_THAT(failed.error().sentence, HasSubstr("read from the start"));
  }
  EXPECT_THAT(sink.batches, SizeIs(batches)) << "nothing was put";
  // What was begun before it was remembered goes on as it was.
  taken.read.reset();
  EXPECT_TRUE(run({"A1", "B2", "A3"}, taken));
}

TEST_F(BulkIntakeTest, ClosesABatchWhenItHasItsBytes) {
  size = {.rows = 1000, .bytes = line("A").size() * 2};
  ASSERT_TRUE(run({"A", "B", "C"}));
  EXPECT_EQ(sink.batches[0].lines, line("A") + line("B"));
}

TEST_F(BulkIntakeTest, OneBadRowDoesNotStopTheGoodOnes) {
  const auto cursor = run({"A", "", "C"}).value();
  EXPECT_EQ(cursor.quarantined, 1U);
  EXPECT_EQ(sink.text(), line("A") + line("C"));
  const auto& bad = sink.batches[0].quarantined.at(0);
  EXPECT_EQ(bad.place, 3U);
  EXPECT_EQ(bad.rule, "required");
  EXPECT_EQ(bad.original, ",name,N/A");
  EXPECT_EQ(bad.columns, R"(["code","名称","资金"])");
}

TEST_F(BulkIntakeTest, KeepsThePlacesOfTheRowsThatItTook) {
  size.rows = 5;
  ASSERT_TRUE(run({"A", "B", "", "C", "A", "D", "E"})) << "line 4 fails, line 6 is a copy";
  EXPECT_EQ(sink.batches[0].places, (journal::SourcePlaces{"f.csv", {{1, 2}, {3, 5}, {4, 7}}}));
  EXPECT_EQ(sink.batches[1].places, (journal::SourcePlaces{"f.csv", {{1, 8}}}));
}

TEST_F(BulkIntakeTest, QuarantinesTheSecondRowWithAKeyAndOtherContent) {
  ASSERT_TRUE(run({"A", "B", "C", "A/other"}));
  EXPECT_EQ(sink.text(), line("A") + line("B") + line("C"));
  const auto& bad = sink.batches[1].quarantined.at(0);
  EXPECT_EQ(bad.rule, "duplicate-key");
  EXPECT_THAT(bad.sentence, HasSubstr("row 2 of"));
}

TEST_F(BulkIntakeTest, AnExactCopyOfARowIsUnchangedAndNoFailure) {
  limit.rows = 0;
  const auto cursor = run({"A", "B", "A", "C", "A", "B/ name "}).value();
  EXPECT_EQ(sink.text(), line("A") + line("B") + line("C"));
  EXPECT_EQ(counts_of(cursor),
            (SourceCursor{.rows = 6, .accepted = 3, .copies = 3, .complete = true}))
      << "after the mapping: spaces make no other row";
}

TEST_F(BulkIntakeTest, OfThreeRowsWithAKeyTheFirstDecidesWhatACopyIs) {
  const auto cursor = run({"A", "A/other", "A/other", "A"}).value();
  EXPECT_EQ(sink.text(), line("A"));
  EXPECT_EQ(cursor.quarantined, 2U) << "copies of a row that was not taken itself";
  EXPECT_EQ(cursor.copies, 1U);
}

TEST_F(BulkIntakeTest, ADeleteIsNoCopyOfTheUpsertBeforeIt) {
  BulkIntake intake({reg.dataset, reg.checker, reg.mapping, limit, record::Mode::disk, "f.csv", {}},
                    {.rows = 10}, {}, testing::TempDir(), sink);
  ASSERT_TRUE(intake.begin(reg.columns));
  const std::vector<SourceValue> values = {"A", std::nullopt, std::nullopt};
  using enum record::Operation;
  for (const record::Operation operation : {remove, upsert, remove})
    ASSERT_TRUE(intake.accept({.values = values, .operation = operation}));
  ASSERT_TRUE(intake.finish());
  EXPECT_EQ(sink.text(), "D\t\\N\tA\t\\N\t\\N\t\\N\n");
  EXPECT_EQ(intake.cursor().quarantined, 1U);
  EXPECT_EQ(intake.cursor().copies, 1U);
}

TEST_F(BulkIntakeTest, GoesOnAfterCopiesThatAnEarlierRunPassedOver) {
  const std::vector<std::string> codes = {"A", "A", "B", "A", "C", "C"};
  ASSERT_TRUE(run(codes, {}, false));
  const SourceCursor reached = cursor_of(sink.batches.at(0));
  EXPECT_EQ(counts_of(reached), (SourceCursor{.rows = 3, .accepted = 2, .copies = 1}));
  sink.batches.clear();
  EXPECT_EQ(counts_of(run(codes, reached).value()),
            (SourceCursor{.rows = 6, .accepted = 3, .copies = 3, .complete = true}));
  EXPECT_EQ(sink.text(), line("C"));
}

TEST_F(BulkIntakeTest, KeepsNoMoreBadRowsInMemoryThanABatchHas) {
  ASSERT_TRUE(run({"", "", "", "", ""}));
  ASSERT_THAT(sink.batches, SizeIs(3));
  EXPECT_THAT(sink.batches[0].quarantined, SizeIs(2));
  EXPECT_EQ(counts_of(cursor_of(sink.batches[0])), (SourceCursor{.rows = 2, .quarantined = 2}));
}

TEST_F(BulkIntakeTest, CountsARowThatItsCollectorRejectedAgainstTheLimit) {
  limit.rows = 1;
  BulkIntake intake({reg.dataset, reg.checker, reg.mapping, limit, record::Mode::disk, "f.csv", {}},
                    {.rows = 10}, {}, testing::TempDir(), sink);
  ASSERT_TRUE(intake.begin(reg.columns));
  EXPECT_TRUE(intake.reject(2, "a,b", {"", "ragged", "2 fields, expected 3"}));
  const auto refused = intake.reject(3, "a,b", {"", "ragged", "2 fields, expected 3"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().place, "f.csv:3");
  EXPECT_THAT(intake.reasons(), testing::ElementsAre(testing::Pair("ragged", 2U)));
}

TEST_F(BulkIntakeTest, TheLimitInRowsIsOfABatchNotOfTheWholeDelivery) {
  limit.rows = 1;
  EXPECT_TRUE(run({"A", "", "C", "", "E", ""}));
}

TEST_F(BulkIntakeTest, ADeliveryWithoutRowsIsCompleteToo) {
  ASSERT_TRUE(run({}));
  ASSERT_THAT(sink.batches, SizeIs(1));
  EXPECT_EQ(counts_of(cursor_of(sink.batches[0])), (SourceCursor{.complete = true}));
}

TEST_F(BulkIntakeTest, RefusesColumnsThatTheMappingDoesNotKnow) {
  BulkIntake intake({reg.dataset, reg.checker, reg.mapping, limit, record::Mode::disk, "f.csv", {}},
                    size, {}, testing::TempDir(), sink);
  const std::vector<std::string> other = {"code", "名称"};
  EXPECT_EQ(intake.begin(other).error().code, IntakeProblem::columns_mismatch);
}

TEST_F(BulkIntakeTest, RefusesABatchWithTooManyBadRows) {
  limit.rows = 1;
  const auto refused = run({"A", "B", "", ""});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, IntakeProblem::refused);
  EXPECT_THAT(refused.error().sentence, HasSubstr("code: required"));
  EXPECT_THAT(refused.error().sentence, HasSubstr("rows up to 2 are taken"));
  EXPECT_EQ(sink.text(), line("A") + line("B")) << "the batch before stays";
}

TEST_F(BulkIntakeTest, TheShareIsOfTheWholeDeliveryNotOfItsLastBatch) {
  size.rows = 1'000;
  limit.share = 0.05;
  ASSERT_TRUE(run(rows(2'010, 1))) << "one row of the last ten";
  EXPECT_THAT(sink.batches, SizeIs(3));
}

TEST_F(BulkIntakeTest, RefusesADeliveryWithTooLargeAShareOfBadRows) {
  size.rows = 1'000;
  limit.share = 0.05;
  ASSERT_TRUE(run(rows(1'000, 50)));
  sink.batches.clear();
  const auto refused = run(rows(2'000, 101));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, IntakeProblem::refused);
  EXPECT_THAT(refused.error().sentence,
              HasSubstr("101 of 2000 rows of this delivery failed, more than the 5 % that"));
  EXPECT_THAT(refused.error().sentence, HasSubstr("rows up to 1000 are taken"));
  EXPECT_THAT(sink.batches, SizeIs(1)) << "the batch before stays";
}

TEST_F(BulkIntakeTest, BadRowsAtTheBeginningOfALongDeliveryAreNoLargerShareThanElsewhere) {
  size.rows = 1'000;
  limit.share = 0.05;
  std::vector<std::string> codes = rows(3'000, 140);
  std::ranges::rotate(codes, codes.end() - 140);
  EXPECT_FALSE(run(codes)) << "where nobody knows how long it will be";
  most_rows = 3'001;
  EXPECT_TRUE(run(codes));
  limit.share = 0.04;
  sink.batches.clear();
  const auto refused = run(codes);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().sentence, HasSubstr("140 of at most 3001 rows of this delivery"));
  EXPECT_THAT(sink.batches, IsEmpty()) << "known before the end, it is not waited for";
}

TEST_F(BulkIntakeTest, TheShareCountsFromSomeRowsOnOnly) {
  size.rows = 1'000;
  limit.share = 0.05;
  EXPECT_TRUE(run({"A", "", ""}));
  EXPECT_TRUE(run(rows(999, 999)));
  EXPECT_FALSE(run(rows(1'000, 51)));
  limit.minimum_rows = 3;
  EXPECT_FALSE(run({"A", "", ""}));
}

TEST_F(BulkIntakeTest, ABatchWithoutABadRowIsTakenWhateverCameBefore) {
  limit = {.share = 0.1, .minimum_rows = 3};
  EXPECT_TRUE(run({"", "", "A", "B"})) << "the first two were too few to count";
}

TEST_F(BulkIntakeTest, TheShareCountsTheRowsThatAnEarlierRunTook) {
  size.rows = 1'000;
  limit.share = 0.05;
  const std::vector<std::string> codes = rows(1'020, 30);
  const SourceCursor reached{.rows = 1'000, .accepted = 990, .quarantined = 10};
  EXPECT_EQ(run(codes, reached).value().quarantined, 30U);
}

TEST_F(BulkIntakeTest, WithAWindowDeliveriesAreCountedTogether) {
  auto now = record::Time(std::chrono::hours(500'000));
  const auto minute = std::chrono::floor<std::chrono::minutes>(now);
  using std::chrono::minutes;
  recent = RecentRows({{minute - minutes(61), {.rows = 1, .failed = 1}},
                       {minute - minutes(60), {.rows = 996, .failed = 2}}},
                      [&] { return now; });
  limit = {.share = 0.0035, .window = std::chrono::hours(1)};
  const auto over_the_share = run({"A", "B", "C", "", ""});
  ASSERT_FALSE(over_the_share);
  EXPECT_THAT(over_the_share.error().sentence,
              HasSubstr("4 of 1001 rows of the last 60 minutes failed"));
  limit = {.rows = 3, .window = limit.window};
  const auto over_the_rows = run({"A", "", "", ""});
  ASSERT_FALSE(over_the_rows);
  EXPECT_THAT(over_the_rows.error().sentence, HasSubstr("more than the 3 that"));
  EXPECT_TRUE(run({"A", ""}));
  now += minutes(1);
  EXPECT_TRUE(run({"A", "", "", ""})) << "what is older than an hour does not count";
}

TEST_F(BulkIntakeTest, WithAWindowEachBatchTellsTheJournalItsRows) {
  limit = {.rows = 9, .window = std::chrono::hours(1)};
  ASSERT_TRUE(run({"A", "A", "", "B"}));
  ASSERT_THAT(sink.batches, SizeIs(2));
  EXPECT_EQ(sink.batches[0].tally, (RowTally{.rows = 3, .failed = 1}));
  EXPECT_EQ(sink.batches[1].tally, (RowTally{.rows = 1}));
  limit.window.reset();
  sink.batches.clear();
  ASSERT_TRUE(run({"A"}));
  EXPECT_FALSE(sink.batches[0].tally) << "nobody would ask";
}

TEST_F(BulkIntakeTest, GoesOnAfterTheRowsThatAnEarlierRunTook) {
  const std::vector<std::string> codes = {"A", "", "C", "D", "A/other"};
  ASSERT_TRUE(run(codes, {}, false));
  const SourceCursor reached = cursor_of(sink.batches.at(0));
  const std::string first = sink.batches.at(0).lines;
  sink.batches.clear();
  const auto cursor = run(codes, reached).value();
  EXPECT_EQ(first + sink.text(), line("A") + line("C") + line("D"));
  EXPECT_EQ(counts_of(cursor),
            (SourceCursor{.rows = 5, .accepted = 3, .quarantined = 2, .complete = true}));
  EXPECT_EQ(sink.batches.back().quarantined.at(0).rule, "duplicate-key")
      << "keys of the first run are known";
}

}  // namespace
}  // namespace sluice::intake::test

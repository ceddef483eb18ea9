#include "intake/bulk_intake.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "intake_builder.h"

namespace sluice::intake::test {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

class BulkIntakeTest : public testing::Test {
 protected:
  // Feeds rows with these codes; an empty one is a row without its key.
  std::expected<SourceCursor, IntakeFailure> run(const std::vector<std::string>& codes,
                                                 const SourceCursor& taken = {},
                                                 bool finishes = true) {
    BulkIntake intake({reg.dataset, reg.checker, reg.mapping, limit, record::Mode::disk, "f.csv"},
                      size, taken, testing::TempDir(), sink);
    EXPECT_TRUE(intake.begin(reg.columns));
    std::uint64_t place = 1;
    for (const std::string& code : codes) {
      const std::vector<SourceValue> values = {code, "name", "N/A"};
      const std::string original = code + ",name,N/A";
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
  RejectLimit limit;
  BatchSize size{.rows = 2, .bytes = 1 << 20};
  KeepingSink sink;
};

TEST_F(BulkIntakeTest, ClosesABatchWhenItHasItsRows) {
  const auto cursor = run({"A", "B", "C"}).value();
  ASSERT_THAT(sink.batches, SizeIs(2));
  EXPECT_EQ(sink.batches[0].lines, line("A") + line("B"));
  EXPECT_EQ(cursor_of(sink.batches[0]), (SourceCursor{2, 2, 0, false}));
  EXPECT_TRUE(cursor_of(sink.batches[1]).complete);
  EXPECT_EQ(cursor.accepted, 3U);
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

TEST_F(BulkIntakeTest, QuarantinesTheSecondRowWithAKey) {
  ASSERT_TRUE(run({"A", "B", "C", "A"}));
  EXPECT_EQ(sink.text(), line("A") + line("B") + line("C"));
  const auto& bad = sink.batches[1].quarantined.at(0);
  EXPECT_EQ(bad.rule, "duplicate-key");
  EXPECT_THAT(bad.sentence, HasSubstr("row 2 of"));
}

TEST_F(BulkIntakeTest, KeepsNoMoreBadRowsInMemoryThanABatchHas) {
  ASSERT_TRUE(run({"", "", "", "", ""}));
  ASSERT_THAT(sink.batches, SizeIs(3));
  EXPECT_THAT(sink.batches[0].quarantined, SizeIs(2));
  EXPECT_EQ(cursor_of(sink.batches[0]), (SourceCursor{2, 0, 2, false}));
}

TEST_F(BulkIntakeTest, CountsARowThatItsCollectorRejectedAgainstTheLimit) {
  limit.rows = 1;
  BulkIntake intake({reg.dataset, reg.checker, reg.mapping, limit, record::Mode::disk, "f.csv"},
                    {.rows = 10}, {}, testing::TempDir(), sink);
  ASSERT_TRUE(intake.begin(reg.columns));
  EXPECT_TRUE(intake.reject(2, "a,b", {"", "ragged", "2 fields, expected 3"}));
  const auto refused = intake.reject(3, "a,b", {"", "ragged", "2 fields, expected 3"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().place, "f.csv:3");
  EXPECT_THAT(intake.reasons(), testing::ElementsAre(testing::Pair("ragged", 2U)));
}

TEST_F(BulkIntakeTest, TheLimitIsOfABatchNotOfTheWholeDelivery) {
  limit.rows = 1;
  EXPECT_TRUE(run({"A", "", "C", "", "E", ""}));
}

TEST_F(BulkIntakeTest, ADeliveryWithoutRowsIsCompleteToo) {
  ASSERT_TRUE(run({}));
  ASSERT_THAT(sink.batches, SizeIs(1));
  EXPECT_EQ(cursor_of(sink.batches[0]), (SourceCursor{0, 0, 0, true}));
}

TEST_F(BulkIntakeTest, RefusesColumnsThatTheMappingDoesNotKnow) {
  BulkIntake intake({reg.dataset, reg.checker, reg.mapping, limit, record::Mode::disk, "f.csv"},
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

TEST_F(BulkIntakeTest, RefusesABatchWithTooLargeAShareOfBadRows) {
  limit.share = 0.4;
  EXPECT_FALSE(run({"A", ""}));
  sink.batches.clear();
  limit.share = 0.5;
  EXPECT_TRUE(run({"A", ""}));
}

TEST_F(BulkIntakeTest, GoesOnAfterTheRowsThatAnEarlierRunTook) {
  const std::vector<std::string> codes = {"A", "", "C", "D", "A"};
  ASSERT_TRUE(run(codes, {}, false));
  const SourceCursor reached = cursor_of(sink.batches.at(0));
  const std::string first = sink.batches.at(0).lines;
  sink.batches.clear();
  const auto cursor = run(codes, reached).value();
  EXPECT_EQ(first + sink.text(), line("A") + line("C") + line("D"));
  EXPECT_EQ(cursor, (SourceCursor{5, 3, 2, true}));
  EXPECT_EQ(sink.batches.back().quarantined.at(0).rule, "duplicate-key")
      << "keys of the first run are known";
}

}  // namespace
}  // namespace sluice::intake::test

#include "intake/change_intake.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "intake_builder.h"

namespace sluice::intake::test {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

class ChangeIntakeTest : public testing::Test {
 protected:
  ChangeIntakeTest() { EXPECT_TRUE(intake.begin(table.columns)); }

  std::expected<void, IntakeFailure> take(std::string_view code, std::string_view capital = "1",
                                          record::Operation operation = record::Operation::upsert) {
    const std::vector<SourceValue> values{code, "name", capital};
    return intake.accept(
        {.values = values, .original = code, .place = ++place, .operation = operation});
  }

  Register table;
  RejectLimit limit{.rows = 2};
  KeepingSink sink;
  ChangeIntake intake{{.dataset = table.dataset,
                       .checker = table.checker,
                       .mapping = table.mapping,
                       .reject_limit = limit,
                       .mode = record::Mode::front_end,
                       .source = "payments"},
                      {.rows = 3, .bytes = 1 << 20},
                      "at 0",
                      sink};
  std::uint64_t place = 0;
};

TEST_F(ChangeIntakeTest, TakesSeveralChangesOfOneKeyInTheirOrder) {
  ASSERT_TRUE(take("A", "1"));
  ASSERT_TRUE(take("A", "", record::Operation::remove));
  ASSERT_TRUE(take("A", "2"));
  ASSERT_TRUE(intake.checkpoint("at 3"));
  ASSERT_THAT(sink.batches, SizeIs(1));
  EXPECT_EQ(sink.batches[0].upserts.value, 2U);
  EXPECT_EQ(sink.batches[0].deletes.value, 1U);
  EXPECT_EQ(sink.batches[0].cursor, "at 3");
  EXPECT_EQ(sink.text(),
            "U\t\\N\tA\tname\t1\tCNY\nD\t\\N\tA\t\\N\t\\N\t\\N\nU\t\\N\tA\tname\t2\tCNY\n");
}

TEST_F(ChangeIntakeTest, KeepsTheirPlacesAndNoneOfWhatIsGone) {
  ASSERT_TRUE(take("A"));
  ASSERT_TRUE(take("B", "no sum")) << "goes to the quarantine";
  ASSERT_TRUE(take("C"));
  const std::vector<std::string> gone{"D"};
  intake.remove(gone);
  ASSERT_TRUE(intake.checkpoint("at 4"));
  EXPECT_EQ(sink.batches[0].places, (journal::SourcePlaces{"payments", {{1, 1}, {2, 3}, {3, 0}}}));
}

// What tells a record from others is its key as it is taken, in whatever spelling it comes.
TEST_F(ChangeIntakeTest, KnowsARowsKeyHoweverItIsSpelled) {
  const auto key_of = [&](std::string_view code, std::string_view capital) {
    const std::vector<SourceValue> values{code, "name", capital};
    return intake.key_of({.values = values, .original = code, .place = 1});
  };
  EXPECT_TRUE(key_of("A", "1"));
  EXPECT_EQ(key_of("A", "1"), key_of("A", "no sum")) << "of the rest nothing is looked at";
  EXPECT_NE(key_of("A", "1"), key_of("B", "1"));
  EXPECT_EQ(key_of("", "1"), std::nullopt) << "a key that would be refused";
  EXPECT_EQ(intake.counts().rows, 0U);
}

TEST_F(ChangeIntakeTest, NothingIsPutBeforeTheSourceSaysWhereItStands) {
  for (const char* code : {"A", "B", "C", "D"})
    ASSERT_TRUE(take(code));
  EXPECT_TRUE(intake.is_due());
  EXPECT_THAT(sink.batches, IsEmpty());
}

TEST_F(ChangeIntakeTest, APollThatFoundNothingWritesNothing) {
  ASSERT_TRUE(intake.checkpoint("at 0"));
  EXPECT_THAT(sink.batches, IsEmpty());
}

TEST_F(ChangeIntakeTest, APositionThatMovedWithoutRowsIsKept) {
  ASSERT_TRUE(intake.checkpoint("at 9"));
  ASSERT_THAT(sink.batches, SizeIs(1));
  EXPECT_EQ(sink.batches[0].cursor, "at 9");
  EXPECT_EQ(intake.position(), "at 9");
}

TEST_F(ChangeIntakeTest, TellsWhichRowsWereRefusedSinceTheLastMark) {
  ASSERT_TRUE(take("A"));
  ASSERT_TRUE(take("B", "no sum"));
  ASSERT_THAT(intake.refused(), SizeIs(1));
  EXPECT_EQ(intake.refused()[0].place, 2U);
  EXPECT_EQ(intake.refused()[0].problem.field, "capital");
  ASSERT_TRUE(intake.checkpoint("at 2"));
  EXPECT_THAT(intake.refused(), IsEmpty());
  EXPECT_EQ(intake.counts().quarantined, 1U);
  EXPECT_EQ(intake.counts().accepted(), 1U);
}

TEST_F(ChangeIntakeTest, OneBadRowOfAQuietPollIsNoShare) {
  ChangeIntake polled{{.dataset = table.dataset,
                       .checker = table.checker,
                       .mapping = table.mapping,
                       .reject_limit = {.rows = 500, .share = 0.2},
                       .source = "payments"},
                      {.rows = 3, .bytes = 1 << 20},
                      "at 0",
                      sink};
  ASSERT_TRUE(polled.begin(table.columns));
  for (const std::string_view capital : {"1", "no sum", "2"}) {
    const std::vector<SourceValue> values{"A", "name", capital};
    ASSERT_TRUE(polled.accept({.values = values}));
  }
  ASSERT_TRUE(polled.checkpoint("at 3"));
  EXPECT_THAT(sink.batches, SizeIs(1));
}

TEST_F(ChangeIntakeTest, TheRejectLimitEndsTheRunAndLeavesThePositionWhereItWas) {
  ASSERT_TRUE(take("A", "no sum"));
  ASSERT_TRUE(take("B", "no sum"));
  const auto third = take("C", "no sum");
  ASSERT_FALSE(third);
  EXPECT_EQ(third.error().code, IntakeProblem::refused);
  EXPECT_EQ(third.error().place, "payments:3");
  EXPECT_EQ(intake.position(), "at 0");
  EXPECT_THAT(sink.batches, IsEmpty());
}

}  // namespace
}  // namespace sluice::intake::test

#include "intake/call_intake.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "intake_builder.h"

namespace sluice::intake::test {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

class CallIntakeTest : public testing::Test {
 protected:
  void accept(const std::vector<SourceValue>& values, std::uint64_t place,
              record::Operation operation = record::Operation::upsert) {
    ASSERT_TRUE(intake.accept(
        {.values = values, .original = "{…}", .place = place, .operation = operation}));
  }

  Register reg;
  ConversionPlan plan =
      ConversionPlan::bind(reg.dataset, reg.checker, reg.mapping, reg.columns).value();
  journal::DatasetOrigin origin{reg.dataset.id, record::sha256("schema"), record::Mode::direct,
                                false};
  CallIntake intake{plan, origin, "call-7", R"(["code","名称","资金"])"};
};

TEST_F(CallIntakeTest, MakesOneSubmissionOfGoodRowsAndQuarantinedOnes) {
  ASSERT_TRUE(intake.begin(reg.columns));
  accept({"A1", "海淀店", "N/A"}, 1);
  accept({"", "x", "N/A"}, 2);
  accept({"A1", "x", "N/A"}, 3, record::Operation::remove);
  const journal::Submission submission = intake.take();
  EXPECT_EQ(submission.origin, origin);
  EXPECT_EQ(submission.lines, "U\t\\N\tA1\t海淀店\t\\N\t\\N\nD\t\\N\tA1\t\\N\t\\N\t\\N\n");
  EXPECT_EQ(submission.upserts.value, 1U);
  EXPECT_EQ(submission.deletes.value, 1U);
  EXPECT_EQ(submission.places, (journal::SourcePlaces{"call-7", {{1, 1}, {2, 3}}}));
  ASSERT_THAT(submission.quarantined, SizeIs(1));
  const journal::QuarantinedRow& bad = submission.quarantined[0];
  EXPECT_EQ(bad.source, "call-7");
  EXPECT_EQ(bad.place, 2U);
  EXPECT_EQ(bad.field, "code");
  EXPECT_EQ(bad.rule, "required");
  EXPECT_EQ(bad.original, "{…}");
  EXPECT_EQ(bad.columns, R"(["code","名称","资金"])");
}

TEST_F(CallIntakeTest, TellsTheCallerWhichRowsWereRefusedAndWhy) {
  accept({"A1", "x", "much"}, 1);
  ASSERT_TRUE(intake.reject(2, "garbage", {"", "syntax", "not an object"}));
  ASSERT_THAT(intake.refused(), SizeIs(2));
  EXPECT_EQ(intake.refused()[0].problem.rule, "amount");
  EXPECT_EQ(intake.refused()[1].place, 2U);
  EXPECT_EQ(intake.refused()[1].problem.rule, "syntax");
}

TEST_F(CallIntakeTest, TheSameKeyTwiceInACallIsTakenTwiceAndInOrder) {
  accept({"A1", "old", "N/A"}, 1);
  accept({"A1", "new", "N/A"}, 2);
  EXPECT_EQ(intake.take().lines, "U\t\\N\tA1\told\t\\N\t\\N\nU\t\\N\tA1\tnew\t\\N\t\\N\n");
}

TEST_F(CallIntakeTest, IsEmptyOnceItsSubmissionWasTaken) {
  accept({"A1", "x", "N/A"}, 1);
  EXPECT_EQ(intake.take().upserts.value, 1U);
  const journal::Submission again = intake.take();
  EXPECT_EQ(again.origin, origin);
  EXPECT_THAT(again.lines, IsEmpty());
  EXPECT_EQ(again.upserts.value, 0U);
}

TEST_F(CallIntakeTest, RefusesColumnsOtherThanItsPlans) {
  const std::vector<std::string> fewer = {"code"};
  EXPECT_EQ(intake.begin(fewer).error().code, IntakeProblem::columns_mismatch);
}

}  // namespace
}  // namespace sluice::intake::test

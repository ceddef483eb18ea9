#include "exchange/epoch_seams.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice::exchange::test {
namespace {

using record::EpochReason;
using record::Predecessor;
using testing::AllOf;
using testing::HasSubstr;

constexpr EpochEnd ends_at_480{{1000}, {480}};

record::Manifest first(const std::optional<Predecessor>& follows) {
  record::Manifest manifest;
  manifest.stream = {record::BureauId("park"), {2000}};
  manifest.sequence = {1};
  manifest.follows = follows;
  return manifest;
}
std::string fault(const std::optional<Predecessor>& follows, const EpochEnd& before) {
  const Seam seam = judge_seam(first(follows), before);
  return seam.fault.value_or("none");
}
std::string notice(const std::optional<Predecessor>& follows, const EpochEnd& before) {
  const Seam seam = judge_seam(first(follows), before);
  EXPECT_EQ(seam.fault, std::nullopt);
  return seam.notice.value_or("none");
}

TEST(EpochSeams, NothingIsToldWhereOneEndsAsTheNextOneSays) {
  EXPECT_EQ(notice(Predecessor{.epoch = {1000}, .sequence = {480}, .numbered = {480}}, ends_at_480),
            "none");
  EXPECT_EQ(notice(std::nullopt, {}), "none") << "a bureau's first epoch";
}

TEST(EpochSeams, OnlyAnEpochsFirstBatchTells) {
  record::Manifest second = first(std::nullopt);
  second.sequence = {2};
  EXPECT_EQ(judge_seam(second, {{2000}, {1}}).notice, std::nullopt);
}

TEST(EpochSeams, AnEndThatNobodyTellsIsNamed) {
  EXPECT_THAT(notice(std::nullopt, ends_at_480),
              AllOf(HasSubstr("epoch 1000 ends at batch 480"), HasSubstr("epoch 2000")));
}

TEST(EpochSeams, WhatTheOriginLostIsToldWithItsNumbers) {
  EXPECT_THAT(notice(Predecessor{.epoch = {1000},
                                 .sequence = {480},
                                 .numbered = {500},
                                 .lost = 7,
                                 .reason = EpochReason::center_restored},
                     ends_at_480),
              AllOf(HasSubstr("batches 481 to 500 of epoch 1000 never came"), HasSubstr("put back"),
                    HasSubstr("7 of 20 are lost")));
  EXPECT_THAT(notice(Predecessor{.epoch = {900}, .numbered = {3}, .lost = 3}, {}),
              HasSubstr("batches 1 to 3 of epoch 900 never came"))
      << "of a store that has nothing of it";
}

TEST(EpochSeams, ATailThatIsGoneSinceIsAFault) {
  EXPECT_THAT(
      fault(Predecessor{.epoch = {1000}, .sequence = {500}, .numbered = {500}}, ends_at_480),
      HasSubstr("batches 481 to 500 of epoch 1000"));
  EXPECT_THAT(
      fault(Predecessor{.epoch = {1000}, .sequence = {481}, .numbered = {481}}, ends_at_480),
      HasSubstr("batch 481 of epoch 1000 is missing"));
}

TEST(EpochSeams, AnEpochThatIsGoneWholeIsAFault) {
  const Predecessor follows{.epoch = {1500}, .sequence = {3}, .numbered = {3}};
  EXPECT_THAT(fault(follows, ends_at_480), HasSubstr("batches 1 to 3 of epoch 1500"));
  EXPECT_THAT(fault(follows, {}), HasSubstr("batches 1 to 3 of epoch 1500"));
}

TEST(EpochSeams, WhatCameAfterTheOriginAskedIsToldAndNoFault) {
  EXPECT_THAT(
      notice(Predecessor{.epoch = {1000}, .sequence = {470}, .numbered = {480}}, ends_at_480),
      HasSubstr("says that it ended at 470"));
  EXPECT_THAT(
      notice(Predecessor{.epoch = {900}, .sequence = {470}, .numbered = {470}}, ends_at_480),
      HasSubstr("it follows epoch 900"));
}

}  // namespace
}  // namespace sluice::exchange::test

#include "store/stream_place.h"

#include <gmock/gmock.h>

namespace sluice::store {
namespace {

using ::testing::HasSubstr;

record::Manifest batch(std::uint64_t epoch, std::uint64_t sequence, record::Digest previous = {}) {
  return {.stream = {record::BureauId("park"), {epoch}},
          .sequence = {sequence},
          .dataset = record::DatasetId("enterprise"),
          .previous = previous};
}

const record::Digest head = record::sha256("head");
const StreamPlace place{{1000}, {{7}, head}, {}};

std::string refusal(const record::Manifest& manifest) {
  const auto refused = refuse_place(manifest, place);
  return refused ? record::to_string(*refused) : "taken";
}

TEST(StreamPlaceTest, NextBatchOfTheChainIsTaken) {
  EXPECT_EQ(refusal(batch(1000, 8, head)), "taken");
  EXPECT_EQ(refusal(batch(1001, 1)), "taken");
  EXPECT_FALSE(refuse_place(batch(1000, 1), std::nullopt));
}

TEST(StreamPlaceTest, RefusalSaysWhatWasExpected) {
  EXPECT_THAT(refusal(batch(1000, 9, head)), HasSubstr("expected batch 8"));
  EXPECT_THAT(refusal(batch(1000, 9, head)), HasSubstr("bureau park, epoch 1000, batch 9"));
  EXPECT_THAT(refusal(batch(1001, 2)), HasSubstr("expected batch 1"));
  EXPECT_THAT(refusal(batch(999, 8, head)), HasSubstr("goes on in epoch 1000"));
  EXPECT_THAT(refusal(batch(1000, 8)), HasSubstr(to_string(head)));
}

TEST(StreamPlaceTest, MomentsOfApplicationAlwaysGrow) {
  const record::Time before = place.applied_at;
  EXPECT_EQ(applied_after(place, before - std::chrono::hours(1)),
            before + std::chrono::milliseconds(1));
  EXPECT_EQ(applied_after(place, before + std::chrono::hours(1)), before + std::chrono::hours(1));
}

}  // namespace
}  // namespace sluice::store

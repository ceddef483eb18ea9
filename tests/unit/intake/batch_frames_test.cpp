#include "intake/batch_frames.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "record/frame.h"

namespace sluice::intake::test {
namespace {

using record::frame_bytes;
using record::frame_head_bytes;
using testing::HasSubstr;

BatchFrame filled() {
  ConvertedBatch batch;
  batch.lines = "U\t\\N\tA1\tname\nD\t\\N\tA2\t\\N\n";
  batch.upserts = {1};
  batch.deletes = {1};
  batch.cursor = "rows=3 accepted=2 quarantined=1 copies=0 partial";
  batch.tally = journal::RowTally{3, 1};
  batch.quarantined.push_back({.place = 4,
                               .field = "code",
                               .rule = "required",
                               .sentence = "no value",
                               .columns = R"(["code"])",
                               .original = std::string("\0,x", 3)});
  batch.places.runs = {{1, 2}, {2, 5}};
  return {batch};
}

std::expected<Frame, record::Flaw> sent(const Frame& frame) {
  const std::string bytes = to_frame(frame);
  EXPECT_EQ(frame_bytes(bytes), bytes.size() - frame_head_bytes);
  return parse_frame(std::string_view(bytes).substr(frame_head_bytes));
}

TEST(BatchFrames, BringABatchWithItsQuarantinedRowsAndItsCursor) {
  const auto frame = sent(filled());
  ASSERT_TRUE(frame) << frame.error().sentence;
  const ConvertedBatch& batch = std::get<BatchFrame>(*frame).batch;
  const ConvertedBatch expected = filled().batch;
  EXPECT_EQ(batch.lines, expected.lines);
  EXPECT_EQ(batch.upserts, expected.upserts);
  EXPECT_EQ(batch.deletes, expected.deletes);
  EXPECT_EQ(batch.cursor, expected.cursor);
  EXPECT_EQ(batch.tally, expected.tally);
  EXPECT_EQ(batch.places, expected.places);
  ASSERT_EQ(batch.quarantined.size(), 1U);
  EXPECT_EQ(batch.quarantined[0].place, 4U);
  EXPECT_EQ(batch.quarantined[0].field, "code");
  EXPECT_EQ(batch.quarantined[0].rule, "required");
  EXPECT_EQ(batch.quarantined[0].sentence, "no value");
  EXPECT_EQ(batch.quarantined[0].columns, R"(["code"])");
  EXPECT_EQ(batch.quarantined[0].original, std::string("\0,x", 3));
}

TEST(BatchFrames, BringTheEndAndFailures) {
  DoneFrame done{2, {.rows = 3, .accepted = 3, .complete = true}, {{"code: required", 5}}};
  const auto ended = sent(done);
  ASSERT_TRUE(ended);
  EXPECT_EQ(std::get<DoneFrame>(*ended).cursor, done.cursor);
  EXPECT_EQ(std::get<DoneFrame>(*ended).resumed_after, 2U);
  EXPECT_EQ(std::get<DoneFrame>(*ended).reasons, done.reasons);
  const auto failed = sent(FailureFrame{2, "f.csv:3", "not valid"});
  ASSERT_TRUE(failed);
  EXPECT_EQ(std::get<FailureFrame>(*failed).place, "f.csv:3");
}

// The manifest that is signed over them says how many they are.
TEST(BatchFrames, WhoseLinesAreNotWhatTheySayAreRefused) {
  const auto refused = [](auto change) {
    BatchFrame frame = filled();
    change(frame.batch);
    return !sent(frame).has_value();
  };
  EXPECT_TRUE(refused([](ConvertedBatch& batch) { batch.upserts = {2}; }));
  EXPECT_TRUE(refused([](ConvertedBatch& batch) { batch.lines[0] = 'D'; }))
      << "of another operation than they are said to be";
  EXPECT_TRUE(refused([](ConvertedBatch& batch) { batch.lines.pop_back(); }));
  EXPECT_TRUE(refused([](ConvertedBatch& batch) { batch.lines += "X\t\\N\tA3\tname\n"; }));
  EXPECT_TRUE(refused([](ConvertedBatch& batch) { batch.cursor = "everything"; }));
  EXPECT_TRUE(refused([](ConvertedBatch& batch) {
    batch.places.runs = {{2, 5}};
  })) << "the first has a place";
  EXPECT_TRUE(refused([](ConvertedBatch& batch) { batch.places.runs = {{1, 2}, {1, 5}}; }));
  EXPECT_TRUE(refused([](ConvertedBatch& batch) {
    batch.places.runs = {{1, 2}, {3, 5}};
  })) << "there is no third";
}

TEST(BatchFrames, ThatAreCutOffOrPaddedOrClaimMoreThanTheyHoldAreRefused) {
  const std::string whole = to_frame(filled());
  const std::string_view bytes = std::string_view(whole).substr(frame_head_bytes);
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(parse_frame(bytes.substr(0, size))) << size;
  EXPECT_FALSE(parse_frame(std::string(bytes) + "x"));
  std::string huge(bytes);
  huge[frame_head_bytes + 7] = '\x7F';  // the lines' size
  const auto refused = parse_frame(huge);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().sentence, HasSubstr("whole frame"));
}

}  // namespace
}  // namespace sluice::intake::test

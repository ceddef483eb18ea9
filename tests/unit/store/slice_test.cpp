#include "store/slice.h"

#include <array>

#include <gmock/gmock.h>

namespace sluice::store {
namespace {

// Lines of two fields, the key first, as inspection would hand them over.
class SliceTest : public ::testing::Test {
 protected:
  void upsert(const std::string& key, std::uint64_t version) {
    add("U\t\\N\t" + key + "\tvalue", record::Operation::upsert, version);
  }
  void remove(const std::string& key) {
    add("D\t\\N\t" + key + "\t\\N", record::Operation::remove, 0);
  }

  Plan plan(std::optional<record::RowDigest> stored) {
    slice_.keys().front().stored = stored;
    return slice_.plan(0, 1);
  }
  static record::RowDigest version(std::uint64_t number) { return {0, number}; }

  Slice slice_{{0}};

 private:
  void add(std::string line, record::Operation operation, std::uint64_t digest) {
    std::array<std::string_view, 4> columns;
    ASSERT_TRUE(record::split_line(line, columns));
    Row row;
    row.number = ++number_;
    row.operation = operation;
    row.digest = version(digest);
    row.fields = std::string_view(line).substr(4 + 1);
    row.columns = std::span(columns).subspan(2);
    slice_.add(line, row);  // and the line goes: a slice keeps what it needs
  }

  std::uint64_t number_ = 0;
};

TEST_F(SliceTest, RecordAsItIsNeedsNoWriting) {
  upsert("a", 1);
  EXPECT_FALSE(plan(version(1)).writes());
  EXPECT_EQ(plan(version(1)).outcomes.unchanged.value, 1U);
}

TEST_F(SliceTest, LastOfSeveralChangesStandsAndTheOthersPass) {
  upsert("a", 1);
  upsert("a", 2);
  remove("a");
  upsert("a", 3);
  const Plan made = plan(version(0));
  ASSERT_EQ(made.ended.size(), 1U);
  EXPECT_EQ(made.ended[0].key, "a");
  EXPECT_EQ(made.ended[0].line, 1U);
  ASSERT_EQ(made.passing.size(), 2U);
  EXPECT_EQ(made.passing[0].ended_by, 2U);
  EXPECT_EQ(made.passing[1].ended_by, 3U);
  EXPECT_EQ(made.passing[1].ending, Ending::deleted);
  ASSERT_EQ(made.standing.size(), 1U);
  EXPECT_EQ(made.standing[0]->line, "U\t\\N\ta\tvalue");
  EXPECT_EQ(made.outcomes, (record::RowOutcomes{{1}, {2}, {0}, {1}, {0}}));
}

TEST_F(SliceTest, ChangeThereAndBackIsTwoVersions) {
  upsert("a", 1);
  upsert("a", 0);
  const Plan made = plan(version(0));
  EXPECT_EQ(made.ended.size(), 1U);
  EXPECT_EQ(made.passing.size(), 1U);
  EXPECT_EQ(made.standing.size(), 1U);
}

TEST_F(SliceTest, ManyKeysAreEachFoundAgain) {
  for (std::uint64_t round = 0; round < 2; ++round) {
    for (int key = 0; key < 5000; ++key)
      upsert(std::to_string(key), round);
  }
  ASSERT_EQ(slice_.keys().size(), 5000U);
  EXPECT_EQ(slice_.plan(0, 5000).outcomes, (record::RowOutcomes{{5000}, {5000}, {0}, {0}, {0}}));
  slice_.clear();
  EXPECT_TRUE(slice_.keys().empty());
  upsert("1", 0);
  EXPECT_EQ(slice_.keys().size(), 1U);
}

TEST_F(SliceTest, FillsUpSoThatMemoryIsBounded) {
  int added = 0;
  for (; !slice_.is_full(); ++added)
    upsert(std::to_string(added), 0);
  EXPECT_LE(added, 50'000);
}

}  // namespace
}  // namespace sluice::store

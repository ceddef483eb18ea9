// What is remembered of a source between two comparisons: it stands for the rows that it was made
// of, and is forgotten where it might not.
#include "reconciliation/source_digests.h"

#include <fstream>

#include <gmock/gmock.h>

#include "two_sides.h"

namespace sluice::reconciliation::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class SourceDigestsTest : public testing::Test {
 protected:
  void open() {
    digests.reset();
    file.reset();
    file.emplace(ScratchDatabase::take_up(kept).value());
    digests.emplace(SourceDigests::open(*file, order).value());
  }
  void keep() { ASSERT_TRUE(file->keep(kept)); }
  void put(const std::string& code, SourceState state = SourceState::present) {
    ASSERT_TRUE(digests->put({code}, state, digest_of(code, "1")));
  }
  // Two stretches, from A and from M, with four records.
  void read_all() {
    ASSERT_TRUE(digests->begin_again(matter).value().empty());
    put("A");
    put("B", SourceState::refused);
    digests->put_unknown();
    digests->remember(from_a);
    put("M");
    put("N");
    digests->remember(from_m);
    ASSERT_TRUE(digests->finish());
  }
  std::vector<std::string> keys() {
    std::vector<std::string> all;
    const auto records = digests->list({});
    for (const SourceRecord& each : *records)
      all.push_back(each.key.front());
    return all;
  }
  void expect_sum_of(const std::vector<std::string>& present) {
    record::RecordSum sum;
    for (const std::string& code : present)
      sum.add(digest_of(code, "1"));
    EXPECT_EQ(digests->whole().value().sum, sum);
    EXPECT_EQ(digests->split({}, UINT64_MAX).value().front().sum, sum)
        << "of the records themselves";
    EXPECT_EQ(digests->whole().value().records, digests->list({}).value().size());
  }

  record::test::TemporaryDirectory directory;
  std::filesystem::path kept = directory.path() / "enterprise.compared";
  record::Dataset dataset = enterprises();
  record::KeyOrder order{dataset.schema};
  record::Digest matter = record::sha256("schema, mapping, columns");
  SourceRows from_a{.from = "A", .rows = 3, .sum = 7};
  SourceRows from_m{.from = "M", .rows = 2, .sum = UINT64_MAX};
  std::optional<ScratchDatabase> file;
  std::optional<SourceDigests> digests;
};

TEST_F(SourceDigestsTest, WhatIsNotForgottenNeedNotBePutAgain) {
  open();
  EXPECT_FALSE(digests->remembers());
  read_all();
  keep();
  open();
  EXPECT_TRUE(digests->remembers());
  EXPECT_THAT(digests->begin_again(matter).value(), ElementsAre(from_a, from_m));
  ASSERT_TRUE(digests->finish());
  EXPECT_TRUE(digests->is_from_memory());
  EXPECT_EQ(digests->counts().present, 3U);
  EXPECT_EQ(digests->counts().refused, 1U);
  EXPECT_EQ(digests->counts().unknown, 1U);
  EXPECT_THAT(keys(), ElementsAre("A", "B", "M", "N"));
  expect_sum_of({"A", "M", "N"});
}

TEST_F(SourceDigestsTest, AForgottenStretchIsWhatIsPutInItsPlace) {
  open();
  read_all();
  keep();
  open();
  ASSERT_TRUE(digests->begin_again(matter));
  digests->forget(0, 1);
  put("A");
  digests->remember({.from = "A", .rows = 1, .sum = 3});
  put("C");
  digests->remember({.from = "C", .rows = 1, .sum = 4});
  ASSERT_TRUE(digests->finish());
  EXPECT_THAT(keys(), ElementsAre("A", "C", "M", "N"));
  EXPECT_EQ(digests->counts().refused, 0U);
  EXPECT_EQ(digests->counts().unknown, 0U);
  expect_sum_of({"A", "C", "M", "N"});
  keep();
  open();
  EXPECT_THAT(digests->begin_again(matter).value(),
              ElementsAre(SourceRows{.from = "A", .rows = 1, .sum = 3},
                          SourceRows{.from = "C", .rows = 1, .sum = 4}, from_m))
      << "in the order of the source's table";
}

TEST_F(SourceDigestsTest, OfAStretchThatIsGoneNothingIsLeft) {
  open();
  read_all();
  ASSERT_TRUE(digests->begin_again(matter));
  digests->forget(1, 2);
  ASSERT_TRUE(digests->finish());
  EXPECT_THAT(keys(), ElementsAre("A", "B"));
  expect_sum_of({"A"});
}

TEST_F(SourceDigestsTest, OfAnotherMatterNothingIsRemembered) {
  open();
  read_all();
  keep();
  open();
  EXPECT_THAT(digests->begin_again(record::sha256("another mapping")).value(), IsEmpty());
  ASSERT_TRUE(digests->finish());
  EXPECT_THAT(keys(), IsEmpty());
  EXPECT_FALSE(digests->is_from_memory());
}

// A record that moved from one stretch to another in the middle of a reading, or two rows of one.
TEST_F(SourceDigestsTest, WhereARecordCameTwiceNothingIsRemembered) {
  open();
  read_all();
  ASSERT_TRUE(digests->begin_again(matter));
  digests->forget(0, 1);
  put("N");
  digests->remember({.from = "A", .rows = 1, .sum = 3});
  ASSERT_TRUE(digests->finish());
  EXPECT_EQ(digests->counts().repeated, 1U);
  EXPECT_FALSE(digests->remembers());
  EXPECT_THAT(keys(), ElementsAre("M", "N"));
  record::RecordSum sum;
  sum.add(digest_of("M", "1"));
  sum.add(digest_of("N", "1"));
  EXPECT_EQ(digests->whole().value().sum, sum);
}

// Rows with NULL in the key, which come whatever has changed.
TEST_F(SourceDigestsTest, ARowOfNoStretchThatIsNoRecordCountsEachTimeItComes) {
  open();
  read_all();
  for (int times = 0; times < 2; ++times) {
    ASSERT_TRUE(digests->begin_again(matter));
    digests->put_unknown();
    ASSERT_TRUE(digests->finish());
    EXPECT_EQ(digests->counts().unknown, 2U);
    EXPECT_EQ(digests->counts().rows_put, 1U);
  }
  expect_sum_of({"A", "M", "N"});
}

TEST_F(SourceDigestsTest, WithARecordOfNoStretchNothingIsRemembered) {
  open();
  read_all();
  ASSERT_TRUE(digests->begin_again(matter));
  digests->forget(1, 2);
  put("Z");
  ASSERT_TRUE(digests->finish());
  EXPECT_THAT(keys(), ElementsAre("A", "B", "Z"));
  expect_sum_of({"A", "Z"});
  EXPECT_FALSE(digests->remembers());
}

TEST_F(SourceDigestsTest, AWorkThatWasCutOffLeavesNothingBehind) {
  open();
  read_all();
  keep();
  open();
  EXPECT_FALSE(std::filesystem::exists(kept)) << "it is being worked on";
  digests.reset();
  file.reset();
  EXPECT_TRUE(std::filesystem::is_empty(directory.path()));
  open();
  EXPECT_FALSE(digests->remembers());
}

TEST_F(SourceDigestsTest, AFileThatIsNoneOfThisFormatIsNotTakenUp) {
  std::ofstream(kept) << std::string(5000, 'x');
  open();
  EXPECT_FALSE(digests->remembers());
  read_all();
  expect_sum_of({"A", "M", "N"});
}

}  // namespace
}  // namespace sluice::reconciliation::test

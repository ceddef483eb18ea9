// Keys and digests by range: what a comparison with a bureau's own database stands on.
#include <gmock/gmock.h>

#include "conformance/store_fixture.h"
#include "record/key_order.h"

namespace sluice::test {
namespace {

using record::Key;
using record::KeyRange;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class StoreDigestsTest : public StoreSuite {
 protected:
  std::vector<record::KeyedDigest> digests(const record::Dataset& dataset,
                                           const KeyRange& range = {}) {
    std::vector<record::KeyedDigest> found;
    const auto read = store_->read_digests(dataset.id, range, [&](const record::KeyedDigest& one) {
      found.push_back(one);
      return true;
    });
    EXPECT_TRUE(read) << record::to_string(read.error());
    return found;
  }
  std::vector<Key> keys(const record::Dataset& dataset, const KeyRange& range = {}) {
    std::vector<Key> found;
    for (const record::KeyedDigest& one : digests(dataset, range))
      found.push_back(one.key);
    return found;
  }
};
INSTANTIATE_TEST_SUITE_P(Stores, StoreDigestsTest, ::testing::ValuesIn(store_kinds()), kind_name);

TEST_P(StoreDigestsTest, ARangeBeginsAfterItsFirstKeyAndEndsWithItsLast) {
  const auto dataset = enterprises();
  prepare(dataset);
  apply(dataset, {upsert({"d", "1", null}), upsert({"a", "1", null}), upsert({"c", "1", null}),
                  upsert({"b", "1", null})});
  EXPECT_THAT(keys(dataset), ElementsAre(Key{"a"}, Key{"b"}, Key{"c"}, Key{"d"}));
  EXPECT_THAT(keys(dataset, {Key{"a"}, Key{"c"}}), ElementsAre(Key{"b"}, Key{"c"}));
  EXPECT_THAT(keys(dataset, {.up_to = Key{"b"}}), ElementsAre(Key{"a"}, Key{"b"}));
  EXPECT_THAT(keys(dataset, {.after = Key{"bb"}}), ElementsAre(Key{"c"}, Key{"d"}));
  EXPECT_THAT(keys(dataset, {Key{"d"}, Key{"a"}}), IsEmpty());
}

TEST_P(StoreDigestsTest, ADigestIsTheOneByWhichAStoreKnowsARecordAgain) {
  const auto dataset = enterprises();
  prepare(dataset);
  apply(dataset, {upsert({"a", "Alpha", "1"}), upsert({"b", "Alpha", "1"})});
  std::vector<record::RowDigest> read;
  ASSERT_TRUE(store_->read(dataset.id, std::nullopt, [&](const store::StoredRecord& stored) {
    read.push_back(stored.digest);
    return true;
  }));
  const auto found = digests(dataset);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].digest, read[0]);
  EXPECT_EQ(found[1].digest, read[1]);
  EXPECT_NE(read[0], read[1]);
}

TEST_P(StoreDigestsTest, TheSumOfARangeIsThatOfItsDigests) {
  const auto dataset = enterprises();
  prepare(dataset);
  apply(dataset, {upsert({"a", "1", null}), upsert({"b", "2", null}), upsert({"c", "3", null})});
  for (const KeyRange& range : {KeyRange{}, KeyRange{Key{"a"}, Key{"b"}},
                                KeyRange{.after = Key{"a"}}, KeyRange{.after = Key{"c"}}}) {
    record::RecordSum expected;
    for (const record::KeyedDigest& one : digests(dataset, range))
      expected.add(one.digest);
    const auto sum = store_->sum_digests(dataset.id, range);
    ASSERT_TRUE(sum) << record::to_string(sum.error());
    EXPECT_EQ(*sum, expected) << expected.rows();
  }
}

TEST_P(StoreDigestsTest, KeysOfEveryTypeComeInTheOrderThatKeyOrderTells) {
  const auto dataset = DatasetBuilder("mixed", "park")
                           .field("number", record::FieldType::integer)
                           .field("year", record::FieldType::year)
                           .field("flag", record::FieldType::boolean)
                           .field("text")
                           .field("day", record::FieldType::date)
                           .key({"number", "year", "flag", "text", "day"})
                           .build();
  prepare(dataset);
  std::vector<std::string> lines;
  for (const char* number : {"10", "-1", "9"}) {
    for (const char* text : {"税", "a", "B", "it's \"quoted\"", "a\tb\\"}) {
      lines.push_back(upsert({number, "0099", "t", text, "2026-11-23"}));
      lines.push_back(upsert({number, "2026", "f", text, "0001-01-01"}));
    }
  }
  apply(dataset, lines);
  const auto all = keys(dataset);
  ASSERT_EQ(all.size(), lines.size());
  const record::KeyOrder order(dataset.schema);
  for (std::size_t i = 1; i < all.size(); ++i) {
    EXPECT_TRUE(order.before(all[i - 1], all[i])) << i;
    // Each key leads back to itself.
    EXPECT_THAT(keys(dataset, {all[i - 1], all[i]}), ElementsAre(all[i]));
  }
}

TEST_P(StoreDigestsTest, TheReaderMayStopEarlyAndAskAgain) {
  const auto dataset = enterprises();
  prepare(dataset);
  apply(dataset, {upsert({"a", "1", null}), upsert({"b", "1", null})});
  int seen = 0;
  ASSERT_TRUE(store_->read_digests(dataset.id, {}, [&](const record::KeyedDigest&) {
    ++seen;
    return false;
  }));
  EXPECT_EQ(seen, 1);
  EXPECT_THAT(keys(dataset), ElementsAre(Key{"a"}, Key{"b"}));
}

TEST_P(StoreDigestsTest, WhatIsNoKeyOrNoDatasetIsRefused) {
  const auto dataset = enterprises();
  const auto ask = [&](const KeyRange& range) {
    return store_->read_digests(dataset.id, range, [](const record::KeyedDigest&) { return true; });
  };
  EXPECT_EQ(ask({}).error().code, store::StoreProblem::unknown_dataset);
  EXPECT_EQ(store_->sum_digests(dataset.id, {}).error().code, store::StoreProblem::unknown_dataset);
  prepare(dataset);
  EXPECT_TRUE(ask({}));
  EXPECT_EQ(ask({.after = Key{"a", "b"}}).error().code, store::StoreProblem::failed);
  EXPECT_EQ(store_->sum_digests(dataset.id, {.after = Key{"a", "b"}}).error().code,
            store::StoreProblem::failed);
}

}  // namespace
}  // namespace sluice::test

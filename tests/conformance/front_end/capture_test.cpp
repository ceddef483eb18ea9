// What every way of capture must do with every database: docs/front-end.md says what each can miss,
// and nothing else may be missed.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "conformance/front_end/bureau_system.h"

namespace sluice::adapters::front_end::conformance {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

struct Pair {
  Product product;
  Way way;
};

class CaptureConformance : public testing::TestWithParam<Pair> {
 protected:
  BureauSystem bureau{GetParam().product, GetParam().way};
  Gateway gateway{bureau};

  void collect() {
    const auto collected = gateway.collect();
    ASSERT_TRUE(collected) << record::to_string(collected.error());
  }
};

TEST_P(CaptureConformance, AFirstRunTakesTheWholeTableAndLaterOnesWhatHasChanged) {
  bureau.insert({1, "甲", "10.50"});
  bureau.insert({2, "乙", "20.00"});
  bureau.insert({3, "丙", "0.07"});
  collect();
  EXPECT_THAT(gateway.records(), ElementsAre("1 甲 10.5", "2 乙 20", "3 丙 0.07"));
  bureau.update({2, "乙", "21.00"});
  bureau.insert({4, "丁", "4.00"});
  collect();
  EXPECT_THAT(gateway.records(), ElementsAre("1 甲 10.5", "2 乙 21", "3 丙 0.07", "4 丁 4"));
  EXPECT_EQ(gateway.rows_sent, 5U);
}

TEST_P(CaptureConformance, DeletesAreNoticedWhereTheWayCan) {
  for (int id = 1; id <= 5; ++id)
    bureau.insert({id, "x"});
  collect();
  if (!bureau.tells_deletes()) GTEST_SKIP() << "a watermark does not tell deletes";
  bureau.remove(1);
  bureau.remove(3);
  bureau.remove(5);
  collect();
  EXPECT_THAT(gateway.records(), ElementsAre("2 x 1", "4 x 1"));
  bureau.remove(2);
  bureau.remove(4);
  gateway.deletes_anyway = true;  // all that there are
  collect();
  EXPECT_THAT(gateway.records(), IsEmpty());
}

TEST_P(CaptureConformance, WhatHasNotChangedIsNotSentAgain) {
  for (int id = 1; id <= 20; ++id)
    bureau.insert({id, fmt::format("n{}", id)});
  collect();
  collect();
  collect();
  EXPECT_EQ(gateway.rows_sent, 20U);
  bureau.update({7, "n7", "7.00"});
  collect();
  collect();
  EXPECT_EQ(gateway.rows_sent, 21U);
}

TEST_P(CaptureConformance, ARecordThatChangesBackIsSentEachTime) {
  bureau.insert({1, "a"});
  collect();
  bureau.update({1, "b"});
  collect();
  bureau.update({1, "a"});
  collect();
  EXPECT_THAT(gateway.records(), ElementsAre("1 a 1"));
  EXPECT_EQ(gateway.rows_sent, 3U);
}

TEST_P(CaptureConformance, ATransactionThatCommitsLateIsNotMissed) {
  for (int id = 1; id <= 5; ++id)
    bureau.insert({id, "on time"});
  bureau.date_forward(100);
  bureau.insert({6, "on time"});
  collect();
  // Dated before what was collected last, as if it had been under way all the time.
  bureau.date_back(60);
  bureau.insert({7, "late"});
  bureau.update({2, "late"});
  collect();
  EXPECT_THAT(gateway.records(),
              ElementsAre("1 on time 1", "2 late 1", "3 on time 1", "4 on time 1", "5 on time 1",
                          "6 on time 1", "7 late 1"));
}

TEST_P(CaptureConformance, ATableOfManyPagesArrivesWholeWhateverThePage) {
  for (int id = 1; id <= 47; ++id)
    bureau.insert({id, fmt::format("n{}", id)});
  gateway.page_rows = 5;
  gateway.batch.rows = 7;
  collect();
  EXPECT_THAT(gateway.records(), SizeIs(47));
  for (int id = 1; id <= 47; id += 3)
    bureau.update({id, "again"});
  if (bureau.tells_deletes()) {
    for (int id = 2; id <= 47; id += 3)
      bureau.remove(id);
  }
  bureau.insert({48, "new"});
  collect();
  EXPECT_THAT(gateway.records(), SizeIs(bureau.tells_deletes() ? 32 : 48));
  EXPECT_THAT(gateway.records(), testing::Contains("46 again 1"));
  EXPECT_THAT(gateway.records(), testing::Contains("48 new 1"));
}

TEST_P(CaptureConformance, ARunThatIsCutOffGoesOnWhereItWas) {
  for (int id = 1; id <= 40; ++id)
    bureau.insert({id, fmt::format("n{}", id)});
  gateway.page_rows = 4;
  gateway.batch.rows = 6;
  for (int batches = 0; batches < 4; ++batches) {
    EXPECT_FALSE(gateway.collect(batches)) << "the disk was to be full";
  }
  collect();
  EXPECT_THAT(gateway.records(), SizeIs(40));
  // A page may have been read and not been committed, but no more is read twice than that.
  EXPECT_LE(gateway.rows_sent, 40U + 4U * 10U);
  for (int id = 1; id <= 40; ++id)
    bureau.update({id, "again"});
  if (bureau.tells_deletes()) bureau.remove(17);
  EXPECT_FALSE(gateway.collect(2));
  collect();
  EXPECT_THAT(gateway.records(), SizeIs(bureau.tells_deletes() ? 39 : 40));
  for (const std::string& record : gateway.records())
    EXPECT_THAT(record, HasSubstr(" again "));
}

TEST_P(CaptureConformance, OneBadRowGoesToQuarantineOnceAndTheOthersArrive) {
  bureau.insert({1, "good"});
  bureau.insert({2, "bad", "-5.00"});
  bureau.insert({3, "good"});
  collect();
  collect();
  EXPECT_THAT(gateway.records(), ElementsAre("1 good 1", "3 good 1"));
  EXPECT_EQ(gateway.rows_quarantined, 1U);
  if (bureau.way() == Way::flag) {
    EXPECT_EQ(bureau.value("SELECT status FROM payment WHERE id = 1"), "2");
    EXPECT_EQ(bureau.value("SELECT status FROM payment WHERE id = 2"), "3");
    EXPECT_THAT(bureau.value("SELECT reason FROM payment WHERE id = 2"),
                HasSubstr("amount: expected at least 0"));
  }
  bureau.update({2, "mended", "5.00"});
  collect();
  EXPECT_THAT(gateway.records(), ElementsAre("1 good 1", "2 mended 5", "3 good 1"));
}

TEST_P(CaptureConformance, AnEmptyTableIsNoFailure) {
  collect();
  collect();
  EXPECT_THAT(gateway.records(), IsEmpty());
  bureau.insert({1, "first"});
  collect();
  EXPECT_THAT(gateway.records(), ElementsAre("1 first 1"));
}

TEST_P(CaptureConformance, ReadAnewTheWholeTableIsSentOnceMore) {
  for (int id = 1; id <= 9; ++id)
    bureau.insert({id, "x"});
  collect();
  if (bureau.way() == Way::flag) GTEST_SKIP() << "with a flag, the bureau says what is sent again";
  gateway.reads_anew = true;
  collect();
  gateway.reads_anew = false;
  collect();
  EXPECT_EQ(gateway.rows_sent, 18U);
  EXPECT_THAT(gateway.records(), SizeIs(9));
}

std::vector<Pair> pairs() {
  std::vector<Pair> all;
  for (const Product product : products) {
    for (const Way way : ways)
      all.push_back({product, way});
  }
  return all;
}

INSTANTIATE_TEST_SUITE_P(Every, CaptureConformance, testing::ValuesIn(pairs()),
                         [](const testing::TestParamInfo<Pair>& pair) {
                           return to_string(pair.param.product) + "_" + to_string(pair.param.way);
                         });

}  // namespace
}  // namespace sluice::adapters::front_end::conformance

// What a snapshot must find however it divides the table: its pages, and the stretches that a
// database adds up for it, are made small here.
#include <map>
#include <random>
#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "conformance/front_end/bureau_system.h"

namespace sluice::adapters::front_end::conformance {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class Snapshot : public testing::TestWithParam<Product> {
 protected:
  BureauSystem bureau{GetParam(), Way::snapshot};
  Gateway gateway{bureau};

  void SetUp() override { gateway.page_rows = 3; }
  void collect() {
    const auto collected = gateway.collect();
    ASSERT_TRUE(collected) << record::to_string(collected.error());
  }
  void fill(int from, int to, int step) {
    for (int id = from; id <= to; id += step)
      bureau.insert({id, fmt::format("n{}", id)});
  }
  // Of those that differ alone, and each of them once.
  void expect_sent(std::size_t rows) {
    const std::size_t before = gateway.rows_sent;
    collect();
    EXPECT_EQ(gateway.rows_sent - before, rows);
    collect();
    EXPECT_EQ(gateway.rows_sent - before, rows) << "what was sent is not sent again";
  }
};

TEST_P(Snapshot, WhatIsNewIsFoundInFrontBetweenAndBehind) {
  fill(100, 200, 10);
  expect_sent(11);
  fill(10, 15, 1);
  expect_sent(6);
  for (const int between : {105, 125, 126, 155, 185, 195})
    bureau.insert({between, "between"});
  expect_sent(6);
  fill(300, 310, 1);
  expect_sent(11);
  EXPECT_EQ(gateway.records().size(), 34U);
}

TEST_P(Snapshot, WhatIsGoneIsFoundOneByOneAndAllAtOnce) {
  fill(1, 30, 1);
  expect_sent(30);
  for (const int gone : {1, 4, 11, 12, 13, 14, 15, 30})
    bureau.remove(gone);
  expect_sent(8);
  bureau.execute("DELETE FROM payment WHERE id > 5");
  expect_sent(19);
  bureau.execute("DELETE FROM payment");
  gateway.deletes_anyway = true;
  expect_sent(3);
  gateway.deletes_anyway = false;
  EXPECT_THAT(gateway.records(), IsEmpty());
  bureau.insert({7, "back"});
  expect_sent(1);
  EXPECT_THAT(gateway.records(), ElementsAre("7 back 1"));
}

TEST_P(Snapshot, RecordsThatSwapTheirValuesHaveChanged) {
  fill(1, 12, 1);
  expect_sent(12);
  bureau.update({4, "n5"});
  bureau.update({5, "n4"});
  expect_sent(2);
  bureau.update({1, "n1", "9.00"});
  bureau.update({2, "n2", "1.00"});
  collect();
  bureau.update({1, "n1", "1.00"});
  bureau.update({2, "n2", "9.00"});
  expect_sent(2);
  bureau.execute("UPDATE payment SET id = 1000 - id");
  expect_sent(24);
}

TEST_P(Snapshot, ARunThatIsCutOffGoesOnAmongWhatIsUnchanged) {
  fill(1, 40, 1);
  collect();
  for (const int changed : {2, 9, 16, 23, 30, 37})
    bureau.update({changed, "changed"});
  bureau.remove(20);
  gateway.batch.rows = 1;
  std::size_t runs = 0;
  while (!gateway.collect(1))
    ASSERT_LT(++runs, 50U);
  EXPECT_GT(runs, 3U);
  EXPECT_EQ(gateway.rows_sent, 47U);
  expect_sent(0);
  EXPECT_EQ(gateway.records().size(), 39U);
}

// By a key of one column, and by one of two, of which the first repeats.
class RandomChanges : public testing::TestWithParam<std::tuple<Product, bool>> {};

TEST_P(RandomChanges, EndWithTheSameRecordsOnBothSides) {
  const auto [product, is_of_two_columns] = GetParam();
  BureauSystem bureau(product, Way::snapshot);
  Gateway gateway(bureau);
  gateway.page_rows = 4;
  if (is_of_two_columns) {
    gateway.exchange = bureau.exchange();
    gateway.exchange->key = gateway.key = {"name", "id"};
  }
  constexpr unsigned seed = 20261123;
  std::mt19937 random(seed);
  const auto any = [&](int below) {
    return static_cast<int>(random() % static_cast<unsigned>(below));
  };
  std::map<int, std::string> expected;
  for (int run = 0; run < 25; ++run) {
    for (int change = any(12); change > 0; --change) {
      const int id = any(80);
      const Payment payment{id, fmt::format("g{}", any(4)), fmt::format("{}.50", any(3))};
      const bool is_there = expected.contains(id);
      if (is_there && any(3) == 0) {
        bureau.remove(id);
        expected.erase(id);
        continue;
      }
      is_there ? bureau.update(payment) : bureau.insert(payment);
      expected[id] = fmt::format("{} {} {}.5", id, payment.name, payment.amount[0]);
    }
    const auto collected = gateway.collect();
    ASSERT_TRUE(collected) << record::to_string(collected.error());
    std::vector<std::string> records;
    for (const auto& [id, record] : expected)
      records.push_back(record);
    ASSERT_THAT(gateway.records(), testing::UnorderedElementsAreArray(records)) << "run " << run;
  }
}

INSTANTIATE_TEST_SUITE_P(Every, Snapshot, testing::ValuesIn(products),
                         [](const auto& instance) { return to_string(instance.param); });
INSTANTIATE_TEST_SUITE_P(Every, RandomChanges,
                         testing::Combine(testing::ValuesIn(products), testing::Bool()),
                         [](const auto& instance) {
                           return to_string(std::get<0>(instance.param)) +
                                  (std::get<1>(instance.param) ? "_two_columns" : "_one_column");
                         });

}  // namespace
}  // namespace sluice::adapters::front_end::conformance

// Deletes that a snapshot holds back, because so many are likelier a fault of the table: until an
// operator says that they are meant, or the rows are back.
#include <map>
#include <random>
#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "conformance/front_end/bureau_system.h"

namespace sluice::adapters::front_end::conformance {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

class DeleteGuard : public testing::TestWithParam<Product> {
 protected:
  BureauSystem bureau{GetParam(), Way::snapshot};
  Gateway gateway{bureau};

  void SetUp() override {
    gateway.page_rows = 3;
    allow(0.1, 3);
  }
  void allow(double share, std::uint64_t rows) {
    gateway.exchange = bureau.exchange();
    gateway.exchange->capture = capture::BySnapshot{{.share = share, .rows = rows}};
  }
  void fill(int from, int to) {
    for (int id = from; id <= to; ++id)
      bureau.insert({id, fmt::format("n{}", id)});
  }
  // How many rows were sent.
  std::size_t collect() {
    const std::size_t before = gateway.rows_sent;
    const auto collected = gateway.collect();
    EXPECT_TRUE(collected) << record::to_string(collected.error());
    return gateway.rows_sent - before;
  }
  void remove(std::initializer_list<int> ids) {
    for (const int id : ids)
      bureau.remove(id);
  }
};

TEST_P(DeleteGuard, HoldsBackWhatIsTooMuchAndSendsTheRest) {
  fill(1, 20);
  EXPECT_EQ(collect(), 20U);
  remove({1, 7, 8, 20});
  bureau.insert({30, "new"});
  bureau.update({9, "changed"});
  EXPECT_EQ(collect(), 2U);
  EXPECT_EQ(gateway.held_back, (HeldBack{.deletes = 4, .of = 20}));
  EXPECT_EQ(gateway.records().size(), 21U);
  EXPECT_THAT(gateway.records(), Contains("30 new 1"));
  for (int run = 0; run < 2; ++run) {
    EXPECT_EQ(collect(), 0U);
    EXPECT_EQ(gateway.held_back, (HeldBack{.deletes = 4, .of = 21})) << "it is said again";
  }
}

TEST_P(DeleteGuard, WhatComesBackUnchangedIsNotSent) {
  fill(1, 20);
  collect();
  remove({1, 7, 8, 20});
  bureau.update({9, "changed"});
  EXPECT_EQ(collect(), 1U);
  for (const int id : {1, 7, 8, 20})
    bureau.insert({id, fmt::format("n{}", id)});
  EXPECT_EQ(collect(), 0U);
  EXPECT_EQ(gateway.held_back, HeldBack{});
  bureau.update({7, "another"});
  EXPECT_EQ(collect(), 1U);
}

TEST_P(DeleteGuard, WhatIsLeftWhenSomeAreBackIsDeleted) {
  fill(1, 20);
  collect();
  remove({1, 7, 8, 20});
  EXPECT_EQ(collect(), 0U);
  bureau.insert({7, "other than it was"});
  EXPECT_EQ(collect(), 1U + 3);
  EXPECT_EQ(gateway.held_back, HeldBack{});
  EXPECT_EQ(gateway.records().size(), 17U);
}

TEST_P(DeleteGuard, DeletesWhatTheOperatorSays) {
  fill(1, 20);
  collect();
  remove({1, 7, 8, 20});
  bureau.update({9, "changed"});
  EXPECT_EQ(collect(), 1U);
  gateway.deletes_anyway = true;
  EXPECT_EQ(collect(), 4U);
  EXPECT_EQ(gateway.held_back, HeldBack{});
  gateway.deletes_anyway = false;
  EXPECT_EQ(collect(), 0U);
  EXPECT_EQ(gateway.records().size(), 16U);
}

// With pages of one row, so many are looked for among the table's keys several times.
TEST_P(DeleteGuard, KeepsAndDeletesMoreThanItLooksForAtOnce) {
  gateway.page_rows = 1;
  fill(1, 60);
  collect();
  bureau.execute("DELETE FROM payment WHERE id > 3 AND id <> 30");
  bureau.insert({100, "new"});
  EXPECT_EQ(collect(), 1U);
  EXPECT_EQ(gateway.held_back, (HeldBack{.deletes = 56, .of = 60}));
  EXPECT_EQ(gateway.records().size(), 61U);
  gateway.deletes_anyway = true;
  EXPECT_EQ(collect(), 56U);
  EXPECT_EQ(gateway.records().size(), 5U);
  EXPECT_EQ(collect(), 0U);
}

TEST_P(DeleteGuard, HoldsBackATableThatWasEmptiedHoweverSmall) {
  fill(1, 2);
  collect();
  bureau.execute("DELETE FROM payment");
  EXPECT_EQ(collect(), 0U);
  EXPECT_EQ(gateway.held_back, (HeldBack{.deletes = 2, .of = 2}));
  EXPECT_EQ(gateway.records().size(), 2U);
  bureau.insert({2, "n2"});
  EXPECT_EQ(collect(), 1U) << "one of them is gone";
  EXPECT_THAT(gateway.records(), ElementsAre("2 n2 1"));
  allow(1, 0);
  bureau.execute("DELETE FROM payment");
  EXPECT_EQ(collect(), 1U) << "all may go";
  EXPECT_THAT(gateway.records(), IsEmpty());
}

// What is found before and after a run is cut off is one number.
TEST_P(DeleteGuard, CountsOverARunThatIsCutOff) {
  fill(1, 40);
  collect();
  for (const int id : {2, 9, 16, 23, 30, 37}) {
    bureau.update({id, "changed"});
    bureau.remove(id + 1);
  }
  gateway.batch.rows = 1;
  std::size_t runs = 0;
  while (!gateway.collect(1))
    ASSERT_LT(++runs, 50U);
  EXPECT_GT(runs, 3U);
  EXPECT_EQ(gateway.held_back, (HeldBack{.deletes = 6, .of = 40}));
  EXPECT_EQ(gateway.rows_sent, 46U);
  EXPECT_EQ(gateway.records().size(), 40U);
  // Once the first of them is told, the others follow, by whichever run.
  gateway.deletes_anyway = true;
  runs = 0;
  while (!gateway.collect(1)) {
    gateway.deletes_anyway = false;
    ASSERT_LT(++runs, 50U);
  }
  EXPECT_GT(runs, 3U);
  EXPECT_EQ(gateway.rows_sent, 52U);
  EXPECT_EQ(gateway.records().size(), 34U);
  EXPECT_EQ(collect(), 0U);
}

TEST_P(DeleteGuard, KeepsWhatItHoldsBackWhateverChanges) {
  allow(0, 0);
  constexpr unsigned seed = 20261128;
  std::mt19937 random(seed);
  const auto any = [&](int below) {
    return static_cast<int>(random() % static_cast<unsigned>(below));
  };
  std::map<int, std::string> table;
  std::map<int, std::string> center;
  const auto records_of = [](const std::map<int, std::string>& names) {
    std::vector<std::string> records;
    for (const auto& [id, name] : names)
      records.push_back(fmt::format("{} {} 1", id, name));
    return records;
  };
  for (int run = 0; run < 20; ++run) {
    for (int change = any(12); change > 0; --change) {
      const int id = any(60);
      const std::string name = fmt::format("g{}", any(3));
      if (table.contains(id) && any(2) == 0) {
        bureau.remove(id);
        table.erase(id);
        continue;
      }
      table.contains(id) ? bureau.update({id, name}) : bureau.insert({id, name});
      table[id] = center[id] = name;
    }
    collect();
    ASSERT_EQ(gateway.held_back.deletes, center.size() - table.size()) << "run " << run;
    ASSERT_THAT(gateway.records(), testing::UnorderedElementsAreArray(records_of(center)));
  }
  gateway.deletes_anyway = true;
  EXPECT_EQ(collect(), center.size() - table.size());
  EXPECT_THAT(gateway.records(), testing::UnorderedElementsAreArray(records_of(table)));
}

INSTANTIATE_TEST_SUITE_P(Every, DeleteGuard, testing::ValuesIn(products),
                         [](const auto& instance) { return to_string(instance.param); });

}  // namespace
}  // namespace sluice::adapters::front_end::conformance

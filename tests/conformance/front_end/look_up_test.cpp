// Whether certain records are in the table now, asked of each product by their keys.
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/front_end/whole_table.h"
#include "conformance/front_end/bureau_system.h"
#include "conformance/front_end/telling_door.h"

namespace sluice::adapters::front_end::conformance {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Keys = std::vector<std::vector<std::string>>;

class LookUpConformance : public testing::TestWithParam<Product> {
 protected:
  std::vector<std::string> found(const Keys& keys) {
    WholeTable table({.access = bureau.home().access(),
                      .exchange = exchange,
                      .dataset = record::DatasetId("payment"),
                      .fields = fields,
                      .key = key});
    TellingDoor door;
    NoProgress progress;
    const auto done = table.look_up(keys, door, progress);
    EXPECT_TRUE(done) << record::to_string(done.error());
    return door.rows;
  }

  BureauSystem bureau{GetParam(), Way::snapshot};
  ExchangeTable exchange{.table = {.name = "levy"}};
  std::vector<std::string> fields = {"code", "number", "due", "amount"};
  std::vector<std::string> key = {"code", "number", "due"};
};

TEST_P(LookUpConformance, GivesTheRowsThatHaveOneOfTheKeys) {
  bureau.execute(
      "CREATE TABLE levy (code VARCHAR(20) NOT NULL, number BIGINT NOT NULL, due DATE NOT NULL, "
      "amount DECIMAL(12,2), PRIMARY KEY (code, number, due))");
  bureau.execute(
      "INSERT INTO levy VALUES ('A', 1, '2026-11-23', 1), ('A', 2, '2026-11-23', 2), ('B', 1, "
      "'2026-11-23', 3), ('B', -1, '2026-11-24', 4)");
  EXPECT_THAT(
      found({{"A", "1", "2026-11-23"}, {"B", "-1", "2026-11-24"}, {"C", "1", "2026-11-23"}}),
      ElementsAre(testing::StartsWith("A 1 2026-11-23 1"),
                  testing::StartsWith("B -1 2026-11-24 4")));
  EXPECT_THAT(found({}), IsEmpty());
}

// The center may have keys that the source's types have no room for.
TEST_P(LookUpConformance, WhatCanNotStandInAColumnIsNotThere) {
  bureau.execute(
      "CREATE TABLE levy (code VARCHAR(20) NOT NULL, number BIGINT NOT NULL, due DATE NOT NULL, "
      "amount DECIMAL(12,2), PRIMARY KEY (code, number, due))");
  bureau.execute("INSERT INTO levy VALUES ('A', 1, '2026-11-23', 1)");
  EXPECT_THAT(found({{"A", "one", "2026-11-23"},
                     {"A", "99999999999999999999999", "2026-11-23"},
                     {"A", "1", "never"},
                     {"银\"'", "1", "2026-11-23"},
                     {"A", "1", "2026-11-23"}}),
              ElementsAre(testing::StartsWith("A 1 ")));
}

TEST_P(LookUpConformance, MayBeAskedForManyAtOnce) {
  bureau.execute(
      "CREATE TABLE levy (code VARCHAR(20) NOT NULL PRIMARY KEY, number BIGINT, due DATE, "
      "amount DECIMAL(12,2))");
  key = {"code"};
  Keys all;
  for (int i = 0; i < 230; ++i) {
    all.push_back({fmt::format("K{}", i)});
    if (i % 2 == 0) {
      bureau.execute(fmt::format("INSERT INTO levy VALUES ('K{}', 1, '2026-11-23', 1)", i));
    }
  }
  EXPECT_EQ(found(all).size(), 115U);
}

TEST_P(LookUpConformance, ARowThatSaysItselfThatItIsGoneIsToldSo) {
  bureau.execute(
      "CREATE TABLE levy (code VARCHAR(20) NOT NULL PRIMARY KEY, op CHAR(1), status CHAR(1))");
  bureau.execute("INSERT INTO levy VALUES ('A', 'D', '0'), ('B', 'U', '0')");
  fields = key = {"code"};
  exchange.capture = capture::ByFlag{.column = "status", .operation_column = "op"};
  EXPECT_THAT(found({{"A"}, {"B"}}), ElementsAre("A removed", "B"));
}

INSTANTIATE_TEST_SUITE_P(EachProduct, LookUpConformance, testing::ValuesIn(products),
                         [](const auto& instance) { return to_string(instance.param); });

}  // namespace
}  // namespace sluice::adapters::front_end::conformance

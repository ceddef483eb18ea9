// Whether certain records are in the table now, asked of each product by their keys.
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/front_end/whole_table.h"
#include "conformance/front_end/bureau_system.h"

namespace sluice::adapters::front_end::conformance {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Keys = std::vector<std::vector<std::string>>;

// Tells its rows as `column column …`.
class TellingDoor : public intake::Door {
 public:
  std::expected<void, intake::IntakeFailure> begin(std::span<const std::string> columns) override {
    columns_ = columns.size();
    return {};
  }
  std::expected<void, intake::IntakeFailure> accept(const intake::SourceRow& row) override {
    std::string& told = rows.emplace_back();
    for (std::size_t i = 0; i < columns_; ++i) {
      if (i > 0) told += ' ';
      told += row.values[i].value_or("-");
    }
    if (row.operation == record::Operation::remove) told += " removed";
    return {};
  }
  std::expected<void, intake::IntakeFailure> reject(std::uint64_t, std::string_view original,
                                                    const intake::RowProblem&) override {
    rows.push_back("rejected " + std::string(original));
    return {};
  }
  std::vector<std::string> rows;

 private:
  std::size_t columns_ = 0;
};

class NoProgress : public Progress {
 public:
  void advanced(std::uint64_t, std::uint64_t, std::uint64_t) override {}
};

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

// What a snapshot knows of a table from its last run, where not the table's records but their
// spelling, their order or the columns that are read have changed: no record is lost by it.
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "conformance/front_end/bureau_system.h"

namespace sluice::adapters::front_end::conformance {
namespace {

using testing::ElementsAre;
using testing::StartsWith;
using testing::UnorderedElementsAre;
using testing::UnorderedElementsAreArray;

class SnapshotBase : public testing::TestWithParam<Product> {
 protected:
  BureauSystem bureau{GetParam(), Way::snapshot};
  Gateway gateway{bureau};

  void SetUp() override { gateway.page_rows = 3; }
  // How many rows were sent.
  std::size_t collect() {
    const std::size_t before = gateway.rows_sent;
    const auto collected = gateway.collect();
    EXPECT_TRUE(collected) << record::to_string(collected.error());
    return gateway.rows_sent - before;
  }
  // A record's key is its name, without blanks and in capitals.
  void be_known_by_name() {
    gateway.exchange = bureau.exchange();
    gateway.exchange->key = gateway.key = {"name"};
    gateway.mapping.fields = {{.field = "name",
                               .from = "name",
                               .constant = {},
                               .steps = {intake::step::Trim{}, intake::step::UpperCase{}},
                               .missing = {}}};
  }
  // How names sort in this database: by their bytes, or whatever their case.
  [[nodiscard]] std::string collation(bool is_binary) const {
    switch (GetParam()) {
      case Product::postgresql:
        return is_binary ? "\"C\"" : "\"und-x-icu\"";
      case Product::mariadb:
        return is_binary ? "utf8mb4_bin" : "utf8mb4_general_ci";
      case Product::mariadb_gbk:
        return is_binary ? "gbk_bin" : "gbk_chinese_ci";
      case Product::sqlite:
        break;
    }
    return is_binary ? "BINARY" : "NOCASE";
  }
  void make_table(bool is_binary, const std::vector<std::string>& names) {
    bureau.execute("DROP TABLE payment");
    bureau.execute(fmt::format(
        "CREATE TABLE payment (id INTEGER NOT NULL, name VARCHAR(40) {} COLLATE {} NOT NULL, "
        "amount DECIMAL(12,2))",
        GetParam() == Product::mariadb_gbk ? "CHARACTER SET gbk"
        : GetParam() == Product::mariadb   ? "CHARACTER SET utf8mb4"
                                           : "",
        collation(is_binary)));
    for (const std::string& name : names)
      bureau.execute(fmt::format("INSERT INTO payment VALUES (1, '{}', 1)", name));
  }
};

TEST_P(SnapshotBase, AKeyOfAnotherSpellingIsNotDeleted) {
  be_known_by_name();
  bureau.insert({1, "a1"});
  bureau.insert({2, "b1"});
  bureau.insert({3, "m1"});
  bureau.insert({4, "z1"});
  EXPECT_EQ(collect(), 4U);
  // Behind where it was, and in front of it.
  bureau.execute("UPDATE payment SET name = ' z1' WHERE id = 4");
  bureau.execute("UPDATE payment SET name = 'b1 ' WHERE id = 2");
  bureau.execute("UPDATE payment SET name = 'M1' WHERE id = 3");
  collect();
  EXPECT_THAT(gateway.records(), ElementsAre("1 A1 1", "2 B1 1", "3 M1 1", "4 Z1 1"));
  EXPECT_EQ(collect(), 0U);
  bureau.execute("DELETE FROM payment WHERE id = 4");
  EXPECT_EQ(collect(), 1U);
  EXPECT_THAT(gateway.records(), ElementsAre("1 A1 1", "2 B1 1", "3 M1 1"));
}

// Only those that are gone count for the guard.
TEST_P(SnapshotBase, KeysOfAnotherSpellingAreNotHeldBack) {
  be_known_by_name();
  gateway.exchange->capture = capture::BySnapshot{{.share = 0.2, .rows = 1}};
  for (int id = 0; id < 9; ++id)
    bureau.insert({id, fmt::format("a{}", id)});
  collect();
  for (int id = 0; id < 9; ++id)
    bureau.execute(fmt::format("UPDATE payment SET name = ' a{0}' WHERE id = {0}", id));
  bureau.execute("DELETE FROM payment WHERE id = 5");
  collect();
  EXPECT_EQ(gateway.held_back, HeldBack{});
  EXPECT_EQ(gateway.records().size(), 8U);
  bureau.execute("UPDATE payment SET name = TRIM(name)");
  bureau.execute("DELETE FROM payment WHERE id IN (1, 7)");
  collect();
  EXPECT_EQ(gateway.held_back, (HeldBack{.deletes = 2, .of = 8}));
  EXPECT_EQ(gateway.records().size(), 8U);
  EXPECT_EQ(collect(), 0U);
  EXPECT_EQ(gateway.held_back.deletes, 2U);
}

TEST_P(SnapshotBase, OfTwoRowsForOneRecordTheOneThatIsLeftStands) {
  be_known_by_name();
  bureau.insert({1, " a1", "5.00"});
  bureau.insert({2, "a1", "6.00"});
  bureau.insert({3, "b1", "7.00"});
  collect();
  ASSERT_EQ(gateway.records().size(), 2U);
  bureau.remove(2);
  collect();
  EXPECT_THAT(gateway.records(), ElementsAre("1 A1 5", "3 B1 7"));
  bureau.remove(1);
  EXPECT_EQ(collect(), 1U);
  EXPECT_THAT(gateway.records(), ElementsAre("3 B1 7"));
}

TEST_P(SnapshotBase, NothingIsLostWhereTheDatabaseSortsInAnotherWay) {
  gateway.exchange = bureau.exchange();
  gateway.exchange->key = gateway.key = {"name"};
  const std::vector<std::string> names = {"b1", "B2", "a3", "A4",  "d5",  "D6",
                                          "c7", "C8", "f9", "F10", "e11", "E12"};
  std::vector<std::string> records;
  for (const std::string& name : names)
    records.push_back(fmt::format("1 {} 1", name));
  make_table(true, names);
  EXPECT_EQ(collect(), names.size());
  bool is_binary = true;
  for (int change = 0; change < 3; ++change) {
    is_binary = !is_binary;
    make_table(is_binary, names);
    collect();
    EXPECT_THAT(gateway.records(), UnorderedElementsAreArray(records)) << "change " << change;
    EXPECT_EQ(collect(), 0U) << "it knows the table as it is";
  }
  make_table(!is_binary, {"b1", "A4", "d5", "c7", "F10", "E12"});
  collect();
  EXPECT_THAT(gateway.records(),
              UnorderedElementsAre("1 b1 1", "1 A4 1", "1 d5 1", "1 c7 1", "1 F10 1", "1 E12 1"));
  EXPECT_EQ(collect(), 0U);
}

TEST_P(SnapshotBase, AFieldMoreSendsAllRowsAndFindsWhatIsGone) {
  gateway.fields = {"id", "name"};
  for (int id = 1; id <= 10; ++id)
    bureau.insert({id, "a", fmt::format("{}.00", id)});
  EXPECT_EQ(collect(), 10U);
  for (const int gone : {1, 5, 10})
    bureau.remove(gone);
  bureau.insert({6 + 100, "a", "6.00"});
  gateway.fields = {"id", "name", "amount"};
  EXPECT_EQ(collect(), 8U + 3);
  EXPECT_THAT(gateway.records(), UnorderedElementsAre("2 a 2", "3 a 3", "4 a 4", "6 a 6", "7 a 7",
                                                      "8 a 8", "9 a 9", "106 a 6"));
  EXPECT_EQ(collect(), 0U);
}

// What is written until then has digests of the columns as they were.
TEST_P(SnapshotBase, AFieldMoreInTheMidstOfARunIsSentOfAllRowsInTheEnd) {
  gateway.fields = {"id", "name"};
  for (int id = 10; id < 30; ++id)
    bureau.insert({id, "a", "7.00"});
  collect();
  bureau.insert({1, "early"});
  bureau.remove(11);
  for (const int changed : {15, 20, 25})
    bureau.update({changed, "b", "7.00"});
  gateway.batch.rows = 1;
  ASSERT_FALSE(gateway.collect(2));
  bureau.remove(1);
  gateway.fields = {"id", "name", "amount"};
  std::size_t runs = 0;
  while (!gateway.collect(3))
    ASSERT_LT(++runs, 50U);
  gateway.batch.rows = 100;
  collect();
  std::vector<std::string> records;
  for (int id = 10; id < 30; ++id) {
    if (id != 11) records.push_back(fmt::format("{} {} 7", id, id % 5 == 0 && id > 10 ? "b" : "a"));
  }
  EXPECT_THAT(gateway.records(), UnorderedElementsAreArray(records));
  EXPECT_EQ(collect(), 0U);
}

TEST_P(SnapshotBase, AnotherKeyCanNotBeComparedAndIsSaid) {
  bureau.insert({1, "a"});
  collect();
  gateway.exchange = bureau.exchange();
  gateway.exchange->key = gateway.key = {"id", "name"};
  const auto refused = gateway.collect();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, CollectionProblem::bad_columns);
  EXPECT_EQ(record::to_string(refused.error()),
            "payment: its key was id and is id, name now, by which a snapshot can not find what "
            "was there before; `sluice collect BUREAU --dataset DATASET --anew` reads the table "
            "as if for the first time, and does not find what was deleted since the last run");
  gateway.reads_anew = true;
  EXPECT_EQ(collect(), 1U);
}

INSTANTIATE_TEST_SUITE_P(Every, SnapshotBase, testing::ValuesIn(products),
                         [](const auto& instance) { return to_string(instance.param); });

// The database makes the digests until a column has a type that it can not do it for.
TEST(SnapshotOfPostgresql, ADigestColumnThatGoesAndComesSendsAllRowsAndFindsWhatIsGone) {
  BureauSystem bureau(Product::postgresql, Way::snapshot);
  Gateway gateway(bureau);
  gateway.page_rows = 3;
  gateway.accepts_columns = true;
  for (int id = 1; id <= 10; ++id)
    bureau.insert({id, "a"});
  ASSERT_TRUE(gateway.collect());
  EXPECT_EQ(gateway.rows_sent, 10U);
  bureau.execute("ALTER TABLE payment ALTER COLUMN name TYPE xml USING name::xml");
  bureau.remove(4);
  ASSERT_TRUE(gateway.collect());
  EXPECT_EQ(gateway.rows_sent, 20U);
  EXPECT_EQ(gateway.records().size(), 9U);
  bureau.execute("ALTER TABLE payment ALTER COLUMN name TYPE varchar(40) USING name::text");
  bureau.remove(10);
  ASSERT_TRUE(gateway.collect());
  EXPECT_EQ(gateway.rows_sent, 29U);
  EXPECT_EQ(gateway.records().size(), 8U);
  ASSERT_TRUE(gateway.collect());
  EXPECT_EQ(gateway.rows_sent, 29U);
}

TEST(SnapshotOfPostgresql, AKeyOfAnotherKindOfTypeIsSaid) {
  BureauSystem bureau(Product::postgresql, Way::snapshot);
  Gateway gateway(bureau);
  gateway.accepts_columns = true;
  bureau.insert({1, "a"});
  ASSERT_TRUE(gateway.collect());
  bureau.execute("ALTER TABLE payment ALTER COLUMN id TYPE varchar(10)");
  const auto refused = gateway.collect();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, CollectionProblem::bad_columns);
  EXPECT_THAT(refused.error().sentence,
              StartsWith("it has keys of other columns, or of columns of another kind of type"));
}

}  // namespace
}  // namespace sluice::adapters::front_end::conformance

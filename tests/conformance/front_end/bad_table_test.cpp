// Tables that are not as they should be: without a key, with NULL in it, with names that would like
// to be statements, with clocks that are wrong.
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "conformance/front_end/bureau_system.h"

namespace sluice::adapters::front_end::conformance {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::SizeIs;

class BadTable : public testing::TestWithParam<Product> {
 protected:
  static void collect(Gateway& gateway) {
    const auto collected = gateway.collect();
    ASSERT_TRUE(collected) << record::to_string(collected.error());
  }
  static std::string failure_of(Gateway& gateway) {
    const auto collected = gateway.collect();
    return collected ? "nothing failed" : record::to_string(collected.error());
  }
  // A table like `payment` whose columns may all be NULL, and that has no key of its own.
  static ExchangeTable loose_table(BureauSystem& bureau) {
    bureau.create_table("loose", "");
    ExchangeTable exchange = bureau.exchange();
    exchange.table = {.name = "loose"};
    if (auto* log = std::get_if<capture::ByChangeLog>(&exchange.capture)) {
      bureau.execute("CREATE TABLE loose_log (seq BIGINT, op CHAR(1), id INTEGER)");
      log->log = {.name = "loose_log"};
    }
    exchange.key = {"id"};
    return exchange;
  }
};

TEST_P(BadTable, WithoutAPrimaryKeyIsRefusedWithWhatToDo) {
  for (const Way way : {Way::watermark, Way::flag, Way::change_log, Way::snapshot}) {
    SCOPED_TRACE(to_string(way));
    BureauSystem bureau(GetParam(), way);
    Gateway gateway(bureau);
    gateway.exchange = loose_table(bureau);
    gateway.exchange->key.clear();
    EXPECT_EQ(failure_of(gateway),
              "loose: it has no primary key, and the dataset's key comes from id; have the bureau "
              "make that the table's primary key, or, where these columns never repeat (a view), "
              "say so with `key: [id]`; `capture: {kind: snapshot}` with all columns as the key "
              "takes a table that has none");
    EXPECT_EQ(gateway.batches, 0U);
  }
}

TEST_P(BadTable, WithAnotherPrimaryKeyIsRefusedAndToldWhichItHas) {
  BureauSystem bureau(GetParam(), Way::snapshot);
  bureau.execute(
      "CREATE TABLE other (id INTEGER NOT NULL, line INTEGER NOT NULL, name VARCHAR(40), amount "
      "DECIMAL(12,2), PRIMARY KEY (id, line))");
  Gateway gateway(bureau);
  gateway.exchange = bureau.exchange();
  gateway.exchange->table = {.name = "other"};
  EXPECT_THAT(failure_of(gateway),
              testing::StartsWith("other: its primary key is id, line, and the dataset's key comes "
                                  "from id; have the bureau make that the table's primary key"));
}

// With the name in it, a record whose name changes would be one that is gone and another that came.
TEST_P(BadTable, ASnapshotByAnotherKeyThanTheDatasetsIsRefused) {
  BureauSystem bureau(GetParam(), Way::snapshot);
  Gateway gateway(bureau);
  gateway.exchange = bureau.exchange();
  gateway.exchange->key = {"name", "id"};
  EXPECT_EQ(failure_of(gateway),
            "payment: `key` is name, id, and the dataset's key comes from id; expected the same "
            "columns, since by them a snapshot tells which records are gone: leave `key` out, or "
            "make these columns the schema's primaryKey");
  gateway.key = {"id", "name"};
  EXPECT_EQ(failure_of(gateway), "nothing failed") << "their order does not matter";
}

TEST_P(BadTable, WithoutAKeyIsTakenBySnapshotWithAllItsColumns) {
  BureauSystem bureau(GetParam(), Way::snapshot);
  Gateway gateway(bureau);
  gateway.exchange = loose_table(bureau);
  gateway.exchange->key.clear();
  gateway.key = {"id", "name", "amount"};
  bureau.execute("INSERT INTO loose (id, name, amount) VALUES (1, 'a', 1), (2, 'b', 2)");
  collect(gateway);
  bureau.execute("DELETE FROM loose WHERE id = 1");
  collect(gateway);
  EXPECT_THAT(gateway.records(), ElementsAre("2 b 2"));
}

// The log's and the table's own columns, and what else the ways need.
void insert_loose(BureauSystem& bureau, int number, const std::string& id) {
  bureau.execute(
      fmt::format("INSERT INTO loose VALUES ({}, 'n{}', 1, '2026-01-01 00:00:0{}', {}, '0', NULL, "
                  "'I')",
                  id, number, number, number));
  if (bureau.way() == Way::change_log) {
    bureau.execute(
        fmt::format("INSERT INTO loose_log (seq, op, id) VALUES ({}, 'I', {})", number, id));
  }
}

const std::string no_key_reason =
    "no-key: a column of its key (id) is NULL, so that the record can not be told from others; "
    "expected a value";

TEST_P(BadTable, RowsWithoutAKeyAreQuarantinedOnceAndTheOthersArrive) {
  for (const Way way : ways) {
    if (way == Way::change_log_alone) continue;
    SCOPED_TRACE(to_string(way));
    BureauSystem bureau(GetParam(), way);
    Gateway gateway(bureau);
    gateway.page_rows = 2;
    gateway.exchange = loose_table(bureau);
    insert_loose(bureau, 1, "1");
    insert_loose(bureau, 2, "NULL");
    insert_loose(bureau, 3, "3");
    for (int run = 0; run < 3; ++run)
      collect(gateway);
    EXPECT_THAT(gateway.records(), ElementsAre("1 n1 1", "3 n3 1"));
    // With a change log, the table is loaded and its log has passed by.
    EXPECT_THAT(gateway.reasons, ElementsAre(no_key_reason));
    insert_loose(bureau, 4, "4");
    insert_loose(bureau, 5, "NULL");
    insert_loose(bureau, 6, "6");
    insert_loose(bureau, 7, "NULL");
    for (int run = 0; run < 3; ++run)
      collect(gateway);
    EXPECT_THAT(gateway.records(), ElementsAre("1 n1 1", "3 n3 1", "4 n4 1", "6 n6 1"));
    EXPECT_THAT(gateway.reasons, SizeIs(3)) << "one each, however often it is looked";
    EXPECT_THAT(gateway.reasons, testing::Each(no_key_reason));
    EXPECT_EQ(gateway.rows_sent, 4U);
  }
}

TEST_P(BadTable, ARowWithoutAKeyIsWrittenBackAsFailedWithTheReason) {
  BureauSystem bureau(GetParam(), Way::flag);
  Gateway gateway(bureau);
  gateway.exchange = loose_table(bureau);
  insert_loose(bureau, 1, "NULL");
  insert_loose(bureau, 2, "2");
  collect(gateway);
  EXPECT_EQ(bureau.value("SELECT status FROM loose WHERE id IS NULL"), "3");
  EXPECT_EQ(bureau.value("SELECT reason FROM loose WHERE id IS NULL"),
            "a column of its key (id) is NULL, so that the record can not");
  EXPECT_EQ(bureau.value("SELECT status FROM loose WHERE id = 2"), "2");
}

TEST_P(BadTable, AReasonColumnOfAnyLengthTakesTheReasonWhole) {
  BureauSystem bureau(GetParam(), Way::flag);
  bureau.execute("ALTER TABLE payment ADD COLUMN why TEXT");
  Gateway gateway(bureau);
  gateway.exchange = bureau.exchange();
  std::get<capture::ByFlag>(gateway.exchange->capture).reason_column = "why";
  bureau.execute(
      "INSERT INTO payment (id, name, amount, status, op) VALUES (1, 'x', -1, '0', 'X')");
  gateway.exchange->key = {"id"};
  const auto collected = gateway.collect();
  ASSERT_TRUE(collected) << record::to_string(collected.error());
  EXPECT_EQ(bureau.value("SELECT why FROM payment WHERE id = 1"),
            "its operation is none of the codes I, U and D that the configuration names");
}

TEST_P(BadTable, AKeyColumnThatIsNeverFilledIsRefusedAfterTheGoodRows) {
  if (GetParam() != Product::postgresql) GTEST_SKIP() << "the rows are made by generate_series";
  BureauSystem bureau(GetParam(), Way::watermark);
  Gateway gateway(bureau);
  gateway.exchange = loose_table(bureau);
  insert_loose(bureau, 1, "1");
  bureau.execute("INSERT INTO loose (id, name) SELECT NULL, 'x' FROM generate_series(1, 10001)");
  EXPECT_EQ(failure_of(gateway),
            "loose: more than 10000 rows have NULL in a column of the key (id); expected few or "
            "none: have the bureau fill the column, or name another key with `key: […]`");
  EXPECT_THAT(gateway.records(), ElementsAre("1 n1 1"));
  EXPECT_EQ(gateway.rows_quarantined, 0U);
}

TEST_P(BadTable, ARowThatFailsIsWrittenBackWithTheReasonAndTheOriginalIsKept) {
  BureauSystem bureau(GetParam(), Way::flag);
  Gateway gateway(bureau);
  bureau.insert({1, "good"});
  bureau.insert({2, "bad", "-5.00"});
  collect(gateway);
  EXPECT_THAT(gateway.reasons, ElementsAre("minimum: expected at least 0"));
  EXPECT_EQ(bureau.value("SELECT status FROM payment WHERE id = 2"), "3");
  EXPECT_EQ(bureau.value("SELECT reason FROM payment WHERE id = 2"), "amount: expected at least 0");
  EXPECT_EQ(bureau.value("SELECT status FROM payment WHERE id = 1"), "2");
  EXPECT_EQ(bureau.value("SELECT reason FROM payment WHERE id = 1"), "NULL");
}

// A bureau that is told nothing can correct nothing, and the limit would refuse the page for ever.
TEST_P(BadTable, RowsOfAPageThatTheRejectLimitRefusesAreWrittenBackAsFailed) {
  const intake::RejectLimit limits[] = {{.rows = 1}, {.share = 0.2, .minimum_rows = 1}};
  for (const intake::RejectLimit& limit : limits) {
    BureauSystem bureau(GetParam(), Way::flag);
    Gateway gateway(bureau);
    gateway.reject_limit = limit;
    bureau.insert({1, "good"});
    bureau.insert({2, "bad", "-5.00"});
    bureau.insert({3, "bad", "-6.00"});
    bureau.insert({4, "good"});
    const auto refused = gateway.collect();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, CollectionProblem::refused);
    EXPECT_THAT(gateway.records(), testing::IsEmpty());
    for (const char* id : {"2", "3"}) {
      const std::string where = fmt::format(" FROM payment WHERE id = {}", id);
      EXPECT_EQ(bureau.value("SELECT status" + where), "3");
      EXPECT_EQ(bureau.value("SELECT reason" + where), "amount: expected at least 0");
    }
    EXPECT_EQ(bureau.value("SELECT count(*) FROM payment WHERE status = '1'"), "2")
        << "not taken yet";
    collect(gateway);
    EXPECT_THAT(gateway.records(), ElementsAre("1 good 1", "4 good 1"));
    EXPECT_EQ(bureau.value("SELECT count(*) FROM payment WHERE status = '2'"), "2");
  }
}

TEST_P(BadTable, ARowWithoutAKeyThatTheRejectLimitRefusesIsWrittenBackAsFailed) {
  BureauSystem bureau(GetParam(), Way::flag);
  Gateway gateway(bureau);
  gateway.exchange = loose_table(bureau);
  gateway.reject_limit.rows = 0;
  insert_loose(bureau, 1, "NULL");
  EXPECT_THAT(failure_of(gateway), testing::HasSubstr("reject_limit.rows"));
  EXPECT_EQ(bureau.value("SELECT status FROM loose WHERE id IS NULL"), "3");
  collect(gateway);
}

TEST_P(BadTable, RowsWithoutAWatermarkArriveOnceAndAgainWhenTheyChange) {
  for (const Way way : {Way::watermark, Way::watermark_number}) {
    SCOPED_TRACE(to_string(way));
    BureauSystem bureau(GetParam(), way);
    Gateway gateway(bureau);
    gateway.page_rows = 3;
    for (int id = 1; id <= 20; ++id)
      bureau.insert({id, "x"});
    const std::string none = "UPDATE payment SET updated_at = NULL, version = NULL";
    bureau.execute(none + " WHERE id % 2 = 0");
    for (int run = 0; run < 3; ++run)
      collect(gateway);
    EXPECT_EQ(gateway.rows_sent, 20U);
    bureau.execute(none + ", name = 'y' WHERE id = 4");
    bureau.insert({21, "x"});
    bureau.execute(none + " WHERE id = 21");
    for (int run = 0; run < 3; ++run)
      collect(gateway);
    EXPECT_EQ(gateway.rows_sent, 22U);
    EXPECT_THAT(gateway.records(), Contains("4 y 1"));
    EXPECT_THAT(gateway.records(), SizeIs(21));
  }
}

TEST_P(BadTable, ANameThatWouldBeAStatementIsANameThatIsNotThere) {
  const std::string hostile = "\"; DROP TABLE payment; --";
  BureauSystem bureau(GetParam(), Way::watermark);
  bureau.insert({1, "x"});
  Gateway gateway(bureau);
  gateway.exchange = bureau.exchange();
  gateway.exchange->table.name = "payment" + hostile;
  EXPECT_EQ(failure_of(gateway), "payment" + hostile +
                                     ": there is no such table in this database, or the user may "
                                     "not see it; there are: payment, payment_log");
  gateway.exchange = bureau.exchange();
  std::get<capture::ByWatermark>(gateway.exchange->capture).column = "version" + hostile;
  EXPECT_EQ(failure_of(gateway),
            "payment: there is no column version" + hostile +
                "; expected it for the key or the way of capture that the bureau's configuration "
                "names; the table has id, name, amount, updated_at, version, status, reason, op");
  gateway.exchange = bureau.exchange();
  gateway.exchange->key = {"id`; DROP TABLE payment; --"};
  EXPECT_THAT(failure_of(gateway), testing::StartsWith("payment: there is no column id`; DROP"));
  gateway.exchange = bureau.exchange();
  collect(gateway);
  EXPECT_THAT(gateway.records(), ElementsAre("1 x 1")) << "somebody dropped it";
}

TEST_P(BadTable, ATableWhoseNamesAreHostileIsCollectedLikeAnother) {
  for (const std::string table :
       {"缴税 \"记录\"; DROP TABLE payment; --", "select", "o'clock `x`"}) {
    SCOPED_TRACE(table);
    BureauSystem bureau(GetParam(), Way::watermark);
    auto connection = odbc::Connection::open(bureau.home().access()).value();
    const std::string quoted = odbc::quoted(connection.dialect(), table);
    bureau.execute(
        fmt::format("CREATE TABLE {} (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(40), amount "
                    "DECIMAL(12,2), {} BIGINT)",
                    quoted, odbc::quoted(connection.dialect(), table + "列")));
    bureau.execute(fmt::format("INSERT INTO {} VALUES (1, 'a', 1, 1), (2, 'b', 2, 2)", quoted));
    Gateway gateway(bureau);
    gateway.page_rows = 1;
    gateway.exchange = ExchangeTable{
        .table = {.name = table},
        .capture = capture::ByWatermark{.column = table + "列", .look_back_numbers = 10}};
    collect(gateway);
    bureau.execute(fmt::format("INSERT INTO {} VALUES (3, 'c', 3, 3)", quoted));
    collect(gateway);
    EXPECT_THAT(gateway.records(), ElementsAre("1 a 1", "2 b 2", "3 c 3"));
  }
}

std::string payment_dated(int id, const std::string& when) {
  return fmt::format("INSERT INTO payment (id, name, amount, updated_at) VALUES ({}, 'x', 1, {})",
                     id, when);
}

// Shanghai's, which the column is written in, as the server's clock has it.
constexpr const char* now_there = "(CURRENT_TIMESTAMP AT TIME ZONE 'Asia/Shanghai')";

// The database's clock is the only one that is asked: one that is off, and stays so, is right.
class WrongClock : public testing::Test {
 protected:
  BureauSystem bureau{Product::postgresql, Way::watermark};
  Gateway gateway{bureau};

  void insert(int id, const std::string& shift) {
    bureau.execute(payment_dated(id, std::string(now_there) + shift));
  }
  void collect() {
    const auto collected = gateway.collect();
    ASSERT_TRUE(collected) << record::to_string(collected.error());
  }
};

TEST_F(WrongClock, ARowDatedAnHourAheadHidesNoneThatComesUntilThen) {
  insert(1, " + INTERVAL '1 hour'");
  collect();
  insert(2, "");
  collect();
  insert(3, "");
  collect();
  EXPECT_THAT(gateway.records(), ElementsAre("1 x 1", "2 x 1", "3 x 1"));
  EXPECT_EQ(gateway.rows_sent, 3U);
}

// The zone stands in for the clock: an hour less on it.
TEST_F(WrongClock, AClockThatIsSetBackHidesNothingThatIsWrittenAfterwards) {
  insert(1, "");
  collect();
  collect();
  gateway.time_zone = "Etc/GMT-7";
  for (int id = 2; id <= 5; ++id) {
    insert(id, " - INTERVAL '1 hour'");
    collect();
    EXPECT_THAT(gateway.records(), SizeIs(id)) << "at once";
  }
  EXPECT_THAT(gateway.records(), ElementsAre("1 x 1", "2 x 1", "3 x 1", "4 x 1", "5 x 1"));
}

// Where the runs are further apart than its clock was set back, it has passed again what it showed:
// only beside a second clock can that be seen.
TEST_F(WrongClock, AClockThatIsSetBackBetweenRunsThatAreFarApartHidesNothing) {
  insert(1, "");
  collect();
  collect();
  gateway.now += std::chrono::hours(2);
  insert(2, " - INTERVAL '90 minutes'");
  collect();
  EXPECT_THAT(gateway.records(), ElementsAre("1 x 1", "2 x 1"));
  insert(3, "");
  collect();
  insert(4, "");
  collect();
  EXPECT_THAT(gateway.records(), ElementsAre("1 x 1", "2 x 1", "3 x 1", "4 x 1"));
}

// A date has no time of day: what comes later in the day is not behind what was seen.
TEST_F(WrongClock, ADateAheadHidesNoneThatIsWrittenToday) {
  bureau.execute(
      "CREATE TABLE dated (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(40), amount "
      "DECIMAL(12,2), day DATE)");
  gateway.exchange =
      ExchangeTable{.table = {.name = "dated"}, .capture = capture::ByWatermark{.column = "day"}};
  const std::string today = std::string(now_there) + "::date";
  bureau.execute("INSERT INTO dated VALUES (1, 'x', 1, " + today + " + 400)");
  collect();
  bureau.execute("INSERT INTO dated VALUES (2, 'x', 1, " + today + ")");
  collect();
  bureau.execute("INSERT INTO dated VALUES (3, 'x', 1, " + today + ")");
  collect();
  EXPECT_THAT(gateway.records(), ElementsAre("1 x 1", "2 x 1", "3 x 1"));
  EXPECT_EQ(gateway.rows_sent, 3U);
}

INSTANTIATE_TEST_SUITE_P(Every, BadTable, testing::ValuesIn(products),
                         [](const testing::TestParamInfo<Product>& product) {
                           return to_string(product.param);
                         });

}  // namespace
}  // namespace sluice::adapters::front_end::conformance

// Many rows with one watermark, as a bulk load leaves them, and keys whose first columns repeat:
// what a database has to read for it, by its own counters, grows with what changed and no faster.
#include <cstdint>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/front_end/look_back.h"
#include "adapters/front_end/ordered_walk.h"
#include "conformance/front_end/bureau_system.h"

namespace sluice::adapters::front_end::conformance {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

constexpr std::uint64_t crowd_rows = 3'000;
constexpr std::size_t page = 50;

struct Crowd {
  Product product;
  std::size_t key_columns;
};

class CrowdConformance : public testing::TestWithParam<Crowd> {
 protected:
  BureauSystem bureau{GetParam().product, Way::watermark_number};
  Gateway gateway{bureau};

  void SetUp() override {
    static const std::vector<std::string> columns{"id", "name", "amount"};
    gateway.key.assign(columns.begin(),
                       columns.begin() + static_cast<std::ptrdiff_t>(GetParam().key_columns));
    gateway.page_rows = page;
    gateway.exchange = ExchangeTable{
        .table = {.name = "crowd"},
        .capture = capture::ByWatermark{.column = "version", .look_back_numbers = 300}};
    bureau.execute(
        fmt::format("CREATE TABLE crowd (id INTEGER NOT NULL, name VARCHAR(40) NOT NULL, amount "
                    "DECIMAL(12,2) NOT NULL, version BIGINT NOT NULL, PRIMARY KEY ({}))",
                    fmt::join(gateway.key, ", ")));
    bureau.execute("CREATE INDEX crowd_version ON crowd (version)");
    bureau.execute("CREATE TABLE digit (d INTEGER NOT NULL)");
    for (int digit = 0; digit < 10; ++digit)
      bureau.execute(fmt::format("INSERT INTO digit VALUES ({})", digit));
    // A thousand rows each share what is not the key's last column.
    const std::string number = "1 + a.d + 10 * b.d + 100 * c.d + 1000 * e.d";
    const std::string values = GetParam().key_columns == 1   ? number + ", 'x', 1"
                               : GetParam().key_columns == 2 ? "e.d, " + number + ", 1"
                                                             : "1, e.d, " + number;
    bureau.execute("INSERT INTO crowd SELECT " + values +
                   ", 1 FROM digit a, digit b, digit c, digit e WHERE e.d < 3");
    if (is(Product::postgresql)) bureau.execute("ANALYZE crowd");
  }

  [[nodiscard]] static bool is(Product product) { return GetParam().product == product; }
  [[nodiscard]] static bool is_counted() { return !is(Product::sqlite); }

  // Rows that the server has read in all; none where it does not count them.
  std::uint64_t rows_read() {
    if (!is_counted()) return 0;
    if (!is(Product::postgresql)) {
      return std::stoull(
          bureau.value("SELECT CAST(SUM(VARIABLE_VALUE) AS CHAR) FROM "
                       "information_schema.GLOBAL_STATUS WHERE VARIABLE_NAME LIKE "
                       "'HANDLER_READ%'"));
    }
    // A session's counts are told when it has ended.
    while (bureau.value("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                        "AND backend_type = 'client backend' AND pid <> pg_backend_pid()") != "0") {
    }
    bureau.execute("DO $$ BEGIN PERFORM pg_stat_force_next_flush(); END $$");
    return std::stoull(
        bureau.value("SELECT (seq_tup_read + idx_tup_fetch)::text FROM pg_stat_user_tables WHERE "
                     "relname = 'crowd'"));
  }

  std::uint64_t rows_read_by_runs(int runs, std::chrono::seconds apart) {
    const std::uint64_t before = rows_read();
    for (int run = 0; run < runs; ++run) {
      gateway.now += apart;
      const auto collected = gateway.collect();
      if (!collected) ADD_FAILURE() << record::to_string(collected.error());
    }
    return rows_read() - before;
  }
};

TEST_P(CrowdConformance, AFirstLoadReadsEachRowOnce) {
  EXPECT_LE(rows_read_by_runs(1, {}), 3 * crowd_rows);
  EXPECT_THAT(gateway.records(), SizeIs(crowd_rows));
}

TEST_P(CrowdConformance, TheRunAfterALoadDoesNotReadWhatTheLoadHasRead) {
  rows_read_by_runs(1, {});
  EXPECT_LE(rows_read_by_runs(1, std::chrono::seconds(1)), crowd_rows / 10);
  EXPECT_EQ(gateway.rows_sent, crowd_rows);
}

TEST_P(CrowdConformance, ManyRowsThatChangeAtOnceAreReadOnceAndNotForEachPage) {
  rows_read_by_runs(1, {});
  bureau.execute("UPDATE crowd SET version = 1000");
  EXPECT_LE(rows_read_by_runs(1, {}), 5 * crowd_rows);
  EXPECT_EQ(gateway.rows_sent, 2 * crowd_rows);
}

TEST_P(CrowdConformance, AWindowThatHoldsTheWholeTableIsNotReadInEachRun) {
  rows_read_by_runs(3, std::chrono::seconds(1));
  // Once to find where a round begins, for no index gives the order; then page by page.
  EXPECT_LE(rows_read_by_runs(10, std::chrono::seconds(1)), 2 * crowd_rows);
  EXPECT_EQ(gateway.rows_sent, crowd_rows);
}

TEST_P(CrowdConformance, AWindowIsReadNoMoreWhenNothingWasNewForAsLongAsItIs) {
  bureau.execute("ALTER TABLE crowd ADD changed TIMESTAMP NOT NULL DEFAULT '2026-01-01 00:00:00'");
  bureau.execute("CREATE INDEX crowd_changed ON crowd (changed)");
  gateway.exchange->capture =
      capture::ByWatermark{.column = "changed", .look_back = std::chrono::minutes(10)};
  rows_read_by_runs(2, {});
  const auto rows_read_by_rounds = [&](int rounds) {
    const std::uint64_t before = rows_read();
    for (int round = 0; round < rounds; ++round) {
      gateway.let_pass(round_span);
      const auto collected = gateway.collect();
      if (!collected) ADD_FAILURE() << record::to_string(collected.error());
    }
    return rows_read() - before;
  };
  if (is_counted()) {
    EXPECT_GE(rows_read_by_rounds(4), 4 * crowd_rows) << "what is committed late is found";
  }
  rows_read_by_rounds(2);
  EXPECT_LE(rows_read_by_rounds(5), crowd_rows / 10);
  bureau.execute("UPDATE crowd SET changed = '2026-01-02 00:00:00'");
  const auto collected = gateway.collect();
  ASSERT_TRUE(collected) << record::to_string(collected.error());
  EXPECT_EQ(gateway.rows_sent, 2 * crowd_rows);
}

TEST_P(CrowdConformance, ARowThatComesLateIntoACrowdIsFoundWithinARound) {
  rows_read_by_runs(1, {});
  bureau.execute("UPDATE crowd SET version = 1000");
  rows_read_by_runs(3, std::chrono::seconds(1));
  const bool has_room = GetParam().key_columns > 1;
  if (has_room) bureau.execute("INSERT INTO crowd VALUES (3, '0', 0.5, 1000)");
  bureau.execute("INSERT INTO crowd VALUES (99999, '0', 0.5, 900)");
  bureau.execute("INSERT INTO crowd VALUES (99998, '0', 0.5, 1001)");
  rows_read_by_runs(1, std::chrono::seconds(1));
  EXPECT_THAT(gateway.records(), Contains("99998 0 0.5")) << "what is new does not wait";
  rows_read_by_runs(20, std::chrono::seconds(30));
  EXPECT_THAT(gateway.records(), Contains("99999 0 0.5"));
  if (has_room) {
    EXPECT_THAT(gateway.records(), Contains("3 0 0.5"));
  }
}

TEST_P(CrowdConformance, ARunThatIsCutOffInACrowdGoesOnThere) {
  rows_read_by_runs(1, {});
  bureau.execute("UPDATE crowd SET version = 1000");
  gateway.batch.rows = 250;
  for (int cut = 0; cut < 3; ++cut) {
    EXPECT_FALSE(gateway.collect(2)) << "the disk was to be full";
  }
  const auto collected = gateway.collect();
  ASSERT_TRUE(collected) << record::to_string(collected.error());
  EXPECT_GE(gateway.rows_sent, 2 * crowd_rows);
  EXPECT_LE(gateway.rows_sent, 2 * crowd_rows + 3 * 500) << "no more than was under way";
  bureau.execute("UPDATE crowd SET version = 2000");
  ASSERT_TRUE(gateway.collect());
  EXPECT_GE(gateway.rows_sent, 3 * crowd_rows);
  EXPECT_THAT(gateway.records(), SizeIs(crowd_rows));
}

// SQLite counts nothing, but says how it will look for something.
TEST_P(CrowdConformance, EachPageIsASeek) {
  if (!is(Product::sqlite)) GTEST_SKIP() << "its counters say it";
  auto connection = odbc::Connection::open(bureau.home().access()).value();
  const auto columns = connection.columns({.name = "crowd"}).value();
  const SourceTable table{.name = {.name = "crowd"}, .columns = columns};
  std::vector<Walk> walks{{.order_at = {0}, .behind = {"1"}}};
  walks.front().order_at.resize(GetParam().key_columns);
  for (std::size_t i = 0; i < GetParam().key_columns; ++i)
    walks.front().order_at[i] = i;
  walks.front().behind.assign(GetParam().key_columns, "1");
  if (GetParam().key_columns == 1) {
    walks.push_back({.order_at = {3, 0}, .stepped = 1, .behind = {"1", "1"}});
  }
  const std::vector<odbc::SourceColumn> plan(4);
  for (const Walk& walk : walks) {
    for (const Step& step : steps_behind(connection.dialect(), table, walk)) {
      const Query query = select(connection.dialect(), columns, {.name = "crowd"}, step.condition,
                                 step.order, page);
      auto cursor = connection.query("EXPLAIN QUERY PLAN " + query.sql, query.parameters, plan, {});
      ASSERT_TRUE(cursor) << record::to_string(cursor.error());
      while (cursor->next_block().value() > 0) {
        const std::string detail(cursor->exact(0, 3).value());
        EXPECT_THAT(detail, HasSubstr("SEARCH")) << query.sql;
        EXPECT_THAT(detail, Not(HasSubstr("TEMP B-TREE"))) << query.sql;
      }
    }
  }
}

std::vector<Crowd> crowds() {
  std::vector<Crowd> all;
  for (const Product product : {Product::postgresql, Product::mariadb, Product::sqlite}) {
    for (const std::size_t key_columns : {1U, 2U, 3U})
      all.push_back({product, key_columns});
  }
  return all;
}

INSTANTIATE_TEST_SUITE_P(Every, CrowdConformance, testing::ValuesIn(crowds()),
                         [](const testing::TestParamInfo<Crowd>& crowd) {
                           return fmt::format("{}_{}", to_string(crowd.param.product),
                                              crowd.param.key_columns);
                         });

}  // namespace
}  // namespace sluice::adapters::front_end::conformance

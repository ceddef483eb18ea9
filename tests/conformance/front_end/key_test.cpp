// Keys and watermarks as bureaus have them: the configuration changes its mind, a key is NULL, a
// timestamp has a zone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "conformance/front_end/bureau_system.h"

namespace sluice::adapters::front_end::conformance {
namespace {

using testing::ElementsAre;

std::string collected(Gateway& gateway) {
  const auto done = gateway.collect();
  return done ? "" : record::to_string(done.error());
}

class KeyConformance : public testing::TestWithParam<Product> {};

TEST_P(KeyConformance, ALoadUnderWayBeginsAgainWhenTheConfigurationNamesAnotherKey) {
  for (const Way way : {Way::watermark, Way::snapshot}) {
    SCOPED_TRACE(to_string(way));
    BureauSystem bureau(GetParam(), way);
    for (const int id : {1, 2, 3, 4})
      bureau.insert({id, "x"});
    Gateway gateway(bureau);
    gateway.batch.rows = 1;
    gateway.page_rows = 2;
    gateway.key = {"id", "name"};
    ASSERT_FALSE(gateway.collect(2)) << "cut off after two batches";
    gateway.exchange = bureau.exchange();
    gateway.exchange->key = {"name", "id"};
    EXPECT_EQ(collected(gateway), "");
    EXPECT_THAT(gateway.records(), ElementsAre("1 x 1", "2 x 1", "3 x 1", "4 x 1"));
  }
}

TEST_P(KeyConformance, ALineOfALogWithoutAKeyGoesToQuarantineAndStopsNoOthers) {
  for (const Way way : {Way::change_log, Way::change_log_alone}) {
    SCOPED_TRACE(to_string(way));
    BureauSystem bureau(GetParam(), way);
    Gateway gateway(bureau);
    bureau.insert({1, "x"});
    EXPECT_EQ(collected(gateway), "");
    bureau.execute("INSERT INTO payment_log VALUES (100, 'U', NULL, 'x', 1)");
    bureau.execute("INSERT INTO payment_log VALUES (101, 'D', NULL, 'x', 1)");
    bureau.date_forward(200);
    bureau.insert({2, "y"});
    EXPECT_EQ(collected(gateway), "");
    EXPECT_EQ(collected(gateway), "");
    EXPECT_THAT(gateway.records(), ElementsAre("1 x 1", "2 y 1"));
    EXPECT_EQ(gateway.rows_quarantined, 2U);
  }
}

TEST_P(KeyConformance, AWatermarkMayHaveAZone) {
  if (GetParam() == Product::sqlite) GTEST_SKIP() << "it has no such type";
  const std::string type =
      GetParam() == Product::postgresql ? "timestamptz" : "timestamp(6) DEFAULT 0";
  BureauSystem bureau(GetParam(), Way::watermark);
  bureau.execute(
      "CREATE TABLE zoned (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(40), "
      "amount DECIMAL(12,2), updated_at " +
      type + ")");
  const auto insert = [&](const std::string& id, const std::string& at) {
    bureau.execute("INSERT INTO zoned VALUES (" + id + ", 'x', 1, '" + at + "')");
  };
  insert("1", "2026-01-01 10:00:00");
  insert("2", "2026-01-01 11:00:00");
  Gateway gateway(bureau);
  gateway.exchange = bureau.exchange();
  gateway.exchange->table.name = "zoned";
  EXPECT_EQ(collected(gateway), "");
  insert("3", "2026-01-01 10:58:00");
  insert("4", "2026-01-01 10:50:00");
  insert("5", "2026-01-01 12:00:00");
  EXPECT_EQ(collected(gateway), "");
  EXPECT_THAT(gateway.records(), ElementsAre("1 x 1", "2 x 1", "3 x 1", "5 x 1"))
      << "the fourth lies before the window of five minutes";
  EXPECT_EQ(gateway.rows_sent, 4U);
}

INSTANTIATE_TEST_SUITE_P(Databases, KeyConformance,
                         testing::Values(Product::postgresql, Product::mariadb, Product::sqlite),
                         [](const auto& instance) { return to_string(instance.param); });

}  // namespace
}  // namespace sluice::adapters::front_end::conformance

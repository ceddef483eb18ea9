// A server that goes away while a table is loaded: the run fails, nothing half is kept, and the
// next run takes the rest.
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "conformance/front_end/bureau_system.h"

namespace sluice::adapters::front_end::conformance {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

constexpr std::size_t rows_in_table = 5'000;
constexpr std::size_t rows_in_batch = 300;

class Outage : public testing::TestWithParam<Way> {
 protected:
  BureauSystem bureau{Product::postgresql, GetParam()};
  Gateway gateway{bureau};

  void SetUp() override {
    bureau.execute("SET synchronous_commit TO on");  // these rows outlive the server
    const std::string numbers =
        " FROM generate_series(1, " + std::to_string(rows_in_table) + ") AS n";
    bureau.execute(
        "INSERT INTO payment SELECT n, 'n' || n, 1, TIMESTAMP '2026-01-01' + n * INTERVAL '1 "
        "second', n, '0', NULL, 'I'" +
        numbers);
    bureau.execute("INSERT INTO payment_log SELECT n, 'I', n, 'n' || n, 1" + numbers);
    gateway.batch.rows = rows_in_batch;
  }
  // Whoever else is connected loses the connection, in the middle of a cursor.
  void cut() {
    static_cast<void>(bureau.value(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = "
        "current_database() AND pid <> pg_backend_pid()"));
  }
  void expect_the_rest() {
    EXPECT_EQ(gateway.rows_sent % rows_in_batch, 0U) << "half a batch was kept";
    EXPECT_LT(gateway.records().size(), rows_in_table);
    gateway.on_batch = {};
    const auto collected = gateway.collect();
    ASSERT_TRUE(collected) << record::to_string(collected.error());
    EXPECT_THAT(gateway.records(), SizeIs(rows_in_table));
    // Once more, as the same: with a flag what was durable and not yet written back, and with a log
    // alone what lies in its look-back window (300) and was not yet noted as sent.
    const bool comes_again = GetParam() == Way::flag || GetParam() == Way::change_log_alone;
    EXPECT_LE(gateway.rows_sent, rows_in_table + (comes_again ? rows_in_batch : 0));
  }
};

TEST_P(Outage, ABackendThatIsKilledInTheMiddleOfACursorCostsOneRun) {
  gateway.on_batch = [this] {
    if (gateway.batches == 3) cut();
  };
  const auto collected = gateway.collect();
  ASSERT_FALSE(collected);
  EXPECT_EQ(collected.error().code, CollectionProblem::unreadable);
  EXPECT_THAT(record::to_string(collected.error()),
              testing::MatchesRegex("127.0.0.1/test[0-9]+: FATAL: +terminating connection due to "
                                    "administrator command;? .SQLSTATE (57P01|HY000).; the next "
                                    "run goes on where this one was"));
  expect_the_rest();
}

TEST_P(Outage, AServerThatIsStoppedCostsTheRunsUntilItIsBack) {
  gateway.on_batch = [this] {
    if (gateway.batches == 3) bureau.home().stop();
  };
  ASSERT_FALSE(gateway.collect());
  const auto refused = gateway.collect();
  bureau.home().start();
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().sentence, HasSubstr("Connection refused (SQLSTATE 08001); see "
                                                  "whether the server runs"));
  expect_the_rest();
}

INSTANTIATE_TEST_SUITE_P(Every, Outage, testing::ValuesIn(ways),
                         [](const testing::TestParamInfo<Way>& way) {
                           return to_string(way.param);
                         });

}  // namespace
}  // namespace sluice::adapters::front_end::conformance

// Lines of a change log as they come where many write: late, under numbers below those that were
// seen, and several under one number.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "conformance/front_end/bureau_system.h"

namespace sluice::adapters::front_end::conformance {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class ChangeLogConformance : public testing::TestWithParam<Product> {
 protected:
  static void collect(Gateway& gateway) {
    const auto collected = gateway.collect();
    ASSERT_TRUE(collected) << record::to_string(collected.error());
  }
  // A log in which numbers repeat.
  static ExchangeTable with_shared_numbers(BureauSystem& bureau) {
    bureau.execute(
        "CREATE TABLE shared_log (seq BIGINT NOT NULL, op CHAR(1), id INTEGER, name VARCHAR(40), "
        "amount DECIMAL(12,2))");
    ExchangeTable exchange = bureau.exchange();
    std::get<capture::ByChangeLog>(exchange.capture).log.name = "shared_log";
    return exchange;
  }
};

TEST_P(ChangeLogConformance, ALowerNumberThatComesLaterIsLookedUp) {
  BureauSystem bureau(GetParam(), Way::change_log);
  Gateway gateway(bureau);
  bureau.insert({1, "a"});
  collect(gateway);
  bureau.date_forward(20);
  bureau.update({1, "b"});
  collect(gateway);
  EXPECT_THAT(gateway.records(), ElementsAre("1 b 1"));
  // Its number was drawn before the other's, and committed after it.
  bureau.execute("UPDATE payment SET name = 'c' WHERE id = 1");
  bureau.execute("INSERT INTO payment_log VALUES (5, 'U', 1, NULL, NULL)");
  collect(gateway);
  EXPECT_THAT(gateway.records(), ElementsAre("1 c 1"));
  collect(gateway);
  EXPECT_EQ(gateway.rows_sent, 3U) << "a line is looked up once";
}

TEST_P(ChangeLogConformance, ALateLineThatSaysDeletedIsHeldAgainstTheTable) {
  BureauSystem bureau(GetParam(), Way::change_log);
  Gateway gateway(bureau);
  for (const int id : {1, 2})
    bureau.insert({id, "a"});
  collect(gateway);
  bureau.date_forward(20);
  for (const int id : {1, 2})
    bureau.update({id, "b"});
  collect(gateway);
  bureau.execute("DELETE FROM payment WHERE id = 2");
  bureau.execute("INSERT INTO payment_log VALUES (5, 'D', 1, NULL, NULL)");
  bureau.execute("INSERT INTO payment_log VALUES (6, 'D', 2, NULL, NULL)");
  collect(gateway);
  EXPECT_THAT(gateway.records(), ElementsAre("1 b 1")) << "the first is there again";
}

TEST_P(ChangeLogConformance, LinesThatShareANumberDoNotSplitAtAPagesEnd) {
  for (const Way way : {Way::change_log, Way::change_log_alone}) {
    SCOPED_TRACE(to_string(way));
    BureauSystem bureau(GetParam(), way);
    Gateway gateway(bureau);
    gateway.exchange = with_shared_numbers(bureau);
    gateway.page_rows = 2;
    collect(gateway);
    std::vector<std::string> expected;
    for (int id = 1; id <= 9; ++id) {
      bureau.execute(fmt::format("INSERT INTO payment (id, name, amount) VALUES ({}, 'x', 1)", id));
      bureau.execute(
          fmt::format("INSERT INTO shared_log VALUES ({}, 'I', {}, 'x', 1)", id < 8 ? 7 : 8, id));
      expected.push_back(fmt::format("{} x 1", id));
    }
    collect(gateway);
    EXPECT_EQ(gateway.records(), expected);
    EXPECT_EQ(gateway.rows_sent, 9U);
    collect(gateway);
    EXPECT_EQ(gateway.rows_sent, 9U) << "none of them again";
  }
}

// The number of a transaction, or of a day: the second line says the same as the first.
TEST_P(ChangeLogConformance, AnotherLineUnderANumberThatWasSeenIsOneMoreChange) {
  BureauSystem bureau(GetParam(), Way::change_log);
  Gateway gateway(bureau);
  gateway.exchange = with_shared_numbers(bureau);
  collect(gateway);
  bureau.execute("INSERT INTO payment (id, name, amount) VALUES (1, 'a', 1)");
  bureau.execute("INSERT INTO shared_log VALUES (7, 'U', 1, NULL, NULL)");
  collect(gateway);
  EXPECT_THAT(gateway.records(), ElementsAre("1 a 1"));
  bureau.execute("UPDATE payment SET name = 'b' WHERE id = 1");
  bureau.execute("INSERT INTO shared_log VALUES (7, 'U', 1, NULL, NULL)");
  collect(gateway);
  EXPECT_THAT(gateway.records(), ElementsAre("1 b 1"));
  bureau.execute("DELETE FROM payment WHERE id = 1");
  bureau.execute("INSERT INTO shared_log VALUES (7, 'D', 1, NULL, NULL)");
  collect(gateway);
  EXPECT_THAT(gateway.records(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Every, ChangeLogConformance, testing::ValuesIn(products),
                         [](const testing::TestParamInfo<Product>& product) {
                           return to_string(product.param);
                         });

}  // namespace
}  // namespace sluice::adapters::front_end::conformance

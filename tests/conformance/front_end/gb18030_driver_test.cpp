// A driver that knows no wide characters, and gives and takes its own as bytes of GB18030, as those
// of some domestic databases are set up: with `encoding: gb18030` they arrive as the same text,
// without it not at all.
#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "conformance/front_end/bureau_system.h"

namespace sluice::adapters::front_end::conformance {
namespace {

using testing::Contains;
using testing::ElementsAre;

// Two bytes each, four bytes, and four bytes beyond the first plane.
const std::string plain = "北京海淀";
const std::string rare = "㐀龥𠀀𪚥";

class Gb18030Driver : public testing::TestWithParam<Way> {
 protected:
  BureauSystem bureau{Product::postgresql, GetParam()};
  Gateway gateway{bureau};

  void SetUp() override {
    odbc::Access access = bureau.home().access();
    const std::string wide = "psqlodbcw.so";
    access.connection.replace(access.connection.find(wide), wide.size(), "psqlodbca.so");
    access.connection += ";ConnSettings={SET client_encoding TO 'GB18030'}";
    access.encoding = TextEncoding::gb18030;
    gateway.access = access;
    gateway.page_rows = 2;
  }
  void collect() {
    const auto collected = gateway.collect();
    ASSERT_TRUE(collected) << record::to_string(collected.error());
  }
};

TEST_P(Gb18030Driver, ItsTextArrivesAsTheSameText) {
  bureau.insert({1, plain});
  bureau.insert({2, rare});
  bureau.insert({3, "plain"});
  collect();
  EXPECT_THAT(gateway.records(), ElementsAre("1 " + plain + " 1", "2 " + rare + " 1", "3 plain 1"));
  bureau.update({3, rare + plain});
  bureau.remove(1);
  collect();
  EXPECT_THAT(gateway.records(), Contains("3 " + rare + plain + " 1"));
  EXPECT_EQ(gateway.rows_quarantined, 0U);
}

// Pages that begin behind a key, rows that are claimed and written back by it.
TEST_P(Gb18030Driver, ItsTextIsAKeyAsWell) {
  if (GetParam() == Way::change_log || GetParam() == Way::change_log_alone) {
    GTEST_SKIP() << "the log of these tests names records by their number";
  }
  bureau.execute("ALTER TABLE payment DROP CONSTRAINT payment_pkey, ADD PRIMARY KEY (name)");
  gateway.exchange = bureau.exchange();
  gateway.exchange->key = {"name"};
  gateway.key = {"name"};
  for (int i = 1; i <= 9; ++i)
    bureau.insert({i, (i % 2 == 0 ? plain : rare) + std::to_string(i)});
  for (int run = 0; run < 2; ++run)
    collect();
  EXPECT_EQ(gateway.records().size(), 9U);
  EXPECT_EQ(gateway.rows_sent, 9U);
  EXPECT_EQ(gateway.rows_quarantined, 0U);
}

TEST_P(Gb18030Driver, WithoutBeingToldSoItsTextIsQuarantinedAndNotGarbled) {
  gateway.access->encoding = TextEncoding::automatic;
  bureau.insert({1, plain});
  bureau.insert({2, "plain"});
  collect();
  EXPECT_THAT(gateway.records(), ElementsAre("2 plain 1"));
  EXPECT_THAT(gateway.reasons, ElementsAre(testing::StartsWith("encoding: ")));
}

INSTANTIATE_TEST_SUITE_P(Every, Gb18030Driver, testing::ValuesIn(ways),
                         [](const testing::TestParamInfo<Way>& way) {
                           return to_string(way.param);
                         });

}  // namespace
}  // namespace sluice::adapters::front_end::conformance

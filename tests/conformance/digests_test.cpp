// What a central store says of its records to who compares them: the same from the store at hand as
// over HTTPS.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reconciliation/https_digests.h"
#include "reconciliation/store_digests.h"
#include "support/center_server.h"

namespace sluice::reconciliation::test {
namespace {

using api::test::CenterServer;
using record::Key;
using testing::HasSubstr;

enum class Way { at_hand, https };

class DigestsTest : public testing::TestWithParam<Way> {
 protected:
  std::unique_ptr<CentralDigests> open() {
    if (GetParam() == Way::https) {
      uplink_ = server_.uplink();
      return std::make_unique<HttpsDigests>(ComparedDataset{record::DatasetId("approval"), schema_},
                                            uplink_, server_.identity());
    }
    store_ = server_.center.store();
    EXPECT_TRUE(store_->prepare(server_.center.dataset));
    return std::make_unique<StoreDigests>(*store_, server_.center.dataset);
  }

  // Records A0000, A0001 …
  void fill(int records) {
    std::string lines;
    for (int i = 0; i < records; ++i)
      lines += exchange::test::line(fmt::format("A{:05}", i));
    exchange::Reception reception = server_.center.reception();
    ASSERT_TRUE(reception.receive(server_.center.batch(lines)));
  }

  CenterServer server_;
  record::Digest schema_ = record::schema_digest(exchange::test::approvals().schema);
  link::Uplink uplink_;
  std::unique_ptr<store::Store> store_;
};
std::string name_of(const testing::TestParamInfo<Way>& way) {
  return way.param == Way::https ? "Https" : "AtHand";
}
INSTANTIATE_TEST_SUITE_P(Ways, DigestsTest, testing::Values(Way::at_hand, Way::https), name_of);

TEST_P(DigestsTest, SumsOfPartsAreThoseOfTheirListings) {
  fill(100);
  const auto central = open();
  const std::vector<Key> bounds{{"A00010"}, {"A00010x"}, {"A00050"}};
  const auto sums = central->sums({Key{"A00003"}, Key{"A00090"}}, bounds);
  ASSERT_TRUE(sums) << record::to_string(sums.error());
  ASSERT_EQ(sums->size(), 4U);
  const std::vector<record::KeyRange> ranges{{Key{"A00003"}, Key{"A00010"}},
                                             {Key{"A00010"}, Key{"A00010x"}},
                                             {Key{"A00010x"}, Key{"A00050"}},
                                             {Key{"A00050"}, Key{"A00090"}}};
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    const auto listing = central->list(ranges[i]);
    ASSERT_TRUE(listing);
    EXPECT_TRUE(listing->is_complete);
    record::RecordSum sum;
    for (const record::KeyedDigest& record : listing->records)
      sum.add(record.digest);
    EXPECT_EQ(sum, (*sums)[i]) << i;
  }
  EXPECT_EQ((*sums)[0].rows(), 7U);
  EXPECT_EQ((*sums)[1].rows(), 0U);
  EXPECT_EQ((*sums)[3].rows(), 40U);
}

TEST_P(DigestsTest, AnEmptyDatasetHasASumOfNothing) {
  const auto central = open();
  const auto sums = central->sums({}, {});
  ASSERT_TRUE(sums) << record::to_string(sums.error());
  EXPECT_EQ(*sums, std::vector<record::RecordSum>(1));
  EXPECT_TRUE(central->list({})->records.empty());
}

TEST_P(DigestsTest, ALongListingComesInPieces) {
  fill(10'001);
  const auto central = open();
  const auto first = central->list({});
  ASSERT_TRUE(first) << record::to_string(first.error());
  EXPECT_FALSE(first->is_complete);
  ASSERT_EQ(first->records.size(), 10'000U);
  const auto second = central->list({.after = first->records.back().key});
  ASSERT_TRUE(second);
  EXPECT_TRUE(second->is_complete);
  ASSERT_EQ(second->records.size(), 1U);
  EXPECT_EQ(second->records.front().key, Key{"A10000"});
}

TEST_P(DigestsTest, ACenterThatIsAwayIsUnavailableAndAnswersOnceItIsBack) {
  fill(3);
  const auto central = open();
  server_.center.is_store_available = false;
  const auto away = central->sums({}, {});
  ASSERT_FALSE(away);
  EXPECT_EQ(away.error().code, Problem::unavailable);
  server_.center.is_store_available = true;
  EXPECT_EQ(central->sums({}, {})->front().rows(), 3U);
}

TEST_P(DigestsTest, KeysThatAreNoneOfTheDatasetsAreRefused) {
  const auto central = open();
  EXPECT_EQ(central->sums({.after = Key{"A", "B"}}, {}).error().code, Problem::refused);
  const std::vector<Key> backwards{{"B"}, {"A"}};
  EXPECT_EQ(central->sums({}, backwards).error().code, Problem::refused);
}

class HttpsDigestsTest : public DigestsTest {};
INSTANTIATE_TEST_SUITE_P(Ways, HttpsDigestsTest, testing::Values(Way::https), name_of);

TEST_P(HttpsDigestsTest, AnotherSchemaIsToldBeforeEverythingDiffers) {
  schema_ = record::sha256("another");
  const auto sums = open()->sums({}, {});
  ASSERT_FALSE(sums);
  EXPECT_EQ(sums.error().code, Problem::refused);
  EXPECT_THAT(sums.error().sentence, HasSubstr("put the same schemas/approval.json on both"));
}

TEST_P(HttpsDigestsTest, OnlyTheNodeThatBringsTheOwnersBatchesMayAsk) {
  const std::string body = "{\"schema\":\"" + record::to_string(schema_) + "\",\"bounds\":[]}";
  const auto ask = [&](const std::string& who, const std::string& dataset) {
    auto client = server_.client(who);
    client.send("POST /v1/datasets/" + dataset +
                "/digests HTTP/1.1\r\nHost: center\r\nContent-Type: application/json\r\n"
                "Content-Length: " +
                std::to_string(body.size()) + "\r\n\r\n" + body);
    return sluice::test::status_line(client.receive());
  };
  EXPECT_EQ(ask("front-1", "approval"), "HTTP/1.1 200 OK");
  EXPECT_EQ(ask("front-2", "approval"), "HTTP/1.1 403 Forbidden");
  EXPECT_EQ(ask("front-1", "payroll"), "HTTP/1.1 403 Forbidden");
}

TEST_P(HttpsDigestsTest, AConnectionThatWasClosedMeanwhileIsRenewed) {
  fill(2);
  const auto central = open();
  ASSERT_EQ(central->sums({}, {})->front().rows(), 2U);
  server_.server().reload();
  EXPECT_EQ(central->sums({}, {})->front().rows(), 2U);
}

}  // namespace
}  // namespace sluice::reconciliation::test

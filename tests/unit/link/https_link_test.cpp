#include "link/https/https_link.h"

#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "link/https/protocol.h"
#include "source.h"
#include "support/center_server.h"

namespace sluice::link::test {
namespace {

using exchange::test::line;
using testing::ElementsAre;
using testing::HasSubstr;

class HttpsLinkTest : public testing::Test {
 protected:
  std::vector<record::Batch> batches(int count) {
    std::vector<record::Batch> all;
    for (int i = 1; i <= count; ++i)
      all.push_back(server.center.batch(line("key" + std::to_string(i))));
    return all;
  }
  LinkFailure failure(Link& link) {
    Source source(batches(1));
    const auto carried = link.carry(source, {});
    EXPECT_FALSE(carried);
    return carried ? LinkFailure{} : carried.error();
  }
  // Until `is_so`; a deadline, not a delay.
  static bool comes(const std::function<bool()>& is_so) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!is_so()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return true;
  }
  api::test::CenterServer server;
};

TEST_F(HttpsLinkTest, DoesNotSendAgainWhatTheCenterHasButFetchesItsReceipt) {
  const auto all = batches(5);
  Source first({all[0], all[1], all[2]});
  ASSERT_TRUE(server.connect()->carry(first, {}));
  EXPECT_EQ(server.puts, 3);
  Source again(all);
  const auto carried = server.connect()->carry(again, {});
  ASSERT_TRUE(carried) << record::to_string(carried.error());
  EXPECT_THAT(again.receipted(), ElementsAre(1, 2, 3, 4, 5));
  EXPECT_EQ(again.receipts[1].signature, first.receipts[1].signature);
  EXPECT_EQ(server.puts, 5);
}

TEST_F(HttpsLinkTest, TellsTheCenterWhichVersionItSpeaks) {
  Source source(batches(1));
  ASSERT_TRUE(server.connect()->carry(source, {}));
  EXPECT_EQ(server.protocol_told, protocol_version);
}

TEST_F(HttpsLinkTest, TakesNoMoreBatchesThanMayBeInFlightWhileNoAnswerComes) {
  link::Uplink uplink = server.uplink();
  uplink.in_flight = 3;
  server.is_held = true;
  Source source(batches(10));
  const auto link = server.connect(uplink);
  std::jthread carrying([&] { EXPECT_TRUE(link->carry(source, {})); });
  EXPECT_TRUE(comes([&] { return server.puts == 1 && source.given_so_far() >= 4; }));
  server.is_held = false;
  carrying.join();
  EXPECT_EQ(source.most_ahead, 4U) << "one is ready to be sent as soon as there is room";
  EXPECT_EQ(source.receipts.size(), 10U);
}

TEST_F(HttpsLinkTest, SendsABatchThatIsLargerThanAllThatMayBeInFlight) {
  link::Uplink uplink = server.uplink();
  uplink.in_flight_bytes = 1;
  Source source(batches(3));
  ASSERT_TRUE(server.connect(uplink)->carry(source, {}));
  EXPECT_THAT(source.receipted(), ElementsAre(1, 2, 3));
}

TEST_F(HttpsLinkTest, GoesOnAtOnceOverANewConnectionWhereTheCenterEndedTheOldOne) {
  const auto all = batches(4);
  const auto link = server.connect();
  Source source(all);
  source.ready = 2;
  ASSERT_TRUE(link->carry(source, {}));
  server.server().reload();  // closes what is idle
  source.ready = 4;
  const auto carried = link->carry(source, {});
  ASSERT_TRUE(carried) << record::to_string(carried.error());
  EXPECT_THAT(source.receipted(), ElementsAre(1, 2, 3, 4));
}

TEST_F(HttpsLinkTest, GoesOnWhereTheCenterEndsTheConnectionAmidManyBatches) {
  Source source(batches(30));
  source.on_receipt = [&] {
    if (source.receipts.size() % 7 == 0) server.server().reload();
  };
  const auto carried = server.connect()->carry(source, {});
  ASSERT_TRUE(carried) << record::to_string(carried.error());
  EXPECT_EQ(source.receipts.size(), 30U);
}

TEST_F(HttpsLinkTest, RenewsItsConnectionWithWhatAReloadHasRead) {
  link::Uplink uplink = server.uplink();
  uplink.in_flight = 1;
  const auto link = server.connect(uplink);
  const trust::TlsFiles own = server.files_of("front-1");
  const trust::TlsFiles other = server.files_of("front-2");  // which may bring nothing
  Source source(batches(4));
  source.on_receipt = [&] {
    if (source.receipts.size() > 1) return;
    std::filesystem::rename(other.certificate, own.certificate);
    std::filesystem::rename(other.key, own.key);
    server.identity().reload().value();
  };
  const auto refused = link->carry(source, {});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().sentence, HasSubstr("node front-2 does not bring"));
  EXPECT_THAT(source.receipted(), ElementsAre(1, 2)) << "the second was ready to be sent";
}

TEST_F(HttpsLinkTest, TriesTheNextAddressWhereOneDoesNotAnswer) {
  link::Uplink uplink = server.uplink();
  uplink.addresses.insert(uplink.addresses.begin(), {"127.0.0.1", 1});
  Source source(batches(2));
  const auto carried = server.connect(uplink)->carry(source, {});
  ASSERT_TRUE(carried) << record::to_string(carried.error());
  EXPECT_THAT(source.receipted(), ElementsAre(1, 2));
}

TEST_F(HttpsLinkTest, NamesEveryAddressThatDoesNotAnswer) {
  link::Uplink uplink = server.uplink();
  uplink.addresses = {{"127.0.0.1", 1}, {"no-such-host.invalid", 8443}};
  const auto nobody = failure(*server.connect(uplink));
  EXPECT_EQ(nobody.code, LinkProblem::unavailable);
  EXPECT_THAT(record::to_string(nobody), HasSubstr("https://127.0.0.1:1: nobody answers there"));
  EXPECT_THAT(record::to_string(nobody), HasSubstr("https://no-such-host.invalid:8443: "));
}

TEST_F(HttpsLinkTest, DoesNotTalkToAServerOfAnotherName) {
  link::Uplink uplink = server.uplink();
  // The same machine to the resolver, and not what the certificate is for.
  uplink.addresses[0].host = "127.1";
  const auto refused = failure(*server.connect(uplink));
  EXPECT_EQ(refused.code, LinkProblem::refused);
  EXPECT_THAT(refused.sentence, HasSubstr("wrong-name"));
  EXPECT_EQ(server.puts, 0);
}

TEST_F(HttpsLinkTest, DoesNotTalkToAServerOfAnotherAuthority) {
  record::test::TemporaryDirectory elsewhere;
  sluice::test::DevelopmentCa other(elsewhere.path());
  trust::TlsFiles files = server.files_of("front-1");
  files.authorities = other.authorities();
  files.revocations = other.revocations();
  const auto identity = UplinkIdentity::load(files).value();
  Bandwidth bandwidth(std::nullopt);
  HttpsLink link(server.uplink(), *identity, bandwidth);
  const auto refused = failure(link);
  EXPECT_EQ(refused.code, LinkProblem::refused);
  EXPECT_THAT(refused.sentence, HasSubstr("unknown-authority"));
}

TEST_F(HttpsLinkTest, DoesNotTalkToAServerWhoseCertificateIsRevoked) {
  const trust::TlsFiles files = server.files_of("front-1");
  server.server().authority().revoke("node");
  const auto identity = UplinkIdentity::load(files).value();
  Bandwidth bandwidth(std::nullopt);
  HttpsLink link(server.uplink(), *identity, bandwidth);
  const auto refused = failure(link);
  EXPECT_EQ(refused.code, LinkProblem::refused);
  EXPECT_THAT(refused.sentence, HasSubstr("revoked"));
}

TEST_F(HttpsLinkTest, DoesNotTalkToAServerWhoseCertificateIsForClients) {
  server.server().authority().issue("node", sluice::test::DevelopmentCa::Validity::current,
                                    "clientAuth");
  server.server().reload();
  const auto refused = failure(*server.connect());
  EXPECT_EQ(refused.code, LinkProblem::refused);
  EXPECT_THAT(refused.sentence, HasSubstr("wrong-purpose"));
}

TEST_F(HttpsLinkTest, SaysThatTheCenterDoesNotKnowTheNode) {
  const auto identity = UplinkIdentity::load(server.files_of("stranger")).value();
  Bandwidth bandwidth(std::nullopt);
  HttpsLink link(server.uplink(), *identity, bandwidth);
  const auto refused = failure(link);
  EXPECT_EQ(refused.code, LinkProblem::refused);
  EXPECT_THAT(refused.sentence, HasSubstr("unknown-certificate, status 403"));
}

TEST_F(HttpsLinkTest, GivesUpOnACenterThatDoesNotAnswer) {
  link::Uplink uplink = server.uplink();
  uplink.answer_timeout = std::chrono::milliseconds(200);
  server.is_held = true;
  const auto link = server.connect(uplink);
  const auto silent = failure(*link);
  EXPECT_EQ(silent.code, LinkProblem::unavailable);
  EXPECT_THAT(silent.sentence, HasSubstr("uplink.answer_timeout"));
  server.is_held = false;
}

TEST_F(HttpsLinkTest, EndsAtOnceWhenItIsToldToStop) {
  server.is_held = true;
  Source source(batches(3));
  const auto link = server.connect();
  std::jthread carrying(
      [&](const std::stop_token& stop) { static_cast<void>(link->carry(source, stop)); });
  ASSERT_TRUE(comes([&] { return server.puts == 1; }));
  carrying.request_stop();
  carrying.join();
  server.is_held = false;
  EXPECT_TRUE(source.receipts.empty());
}

TEST_F(HttpsLinkTest, SaysWhyTheCenterTurnedItAway) {
  const auto identity = UplinkIdentity::load(server.files_of("front-2")).value();
  Bandwidth bandwidth(std::nullopt);
  HttpsLink link(server.uplink(), *identity, bandwidth);
  const auto refused = failure(link);
  EXPECT_EQ(refused.code, LinkProblem::refused);
  EXPECT_THAT(refused.sentence, HasSubstr("does not bring the batches"));
}

TEST(Bandwidth, LetsEverythingThroughWhereThereIsNoLimit) {
  Bandwidth bandwidth(std::nullopt);
  EXPECT_EQ(bandwidth.take(std::uint64_t{1} << 40, Bandwidth::Clock::now()).count(), 0);
}

TEST(Bandwidth, KeepsTheRateOverAllWhoTake) {
  Bandwidth bandwidth(1'000'000);
  const auto begin = Bandwidth::Clock::now();
  auto now = begin;
  for (int piece = 0; piece < 100; ++piece)
    now += bandwidth.take(50'000, now);
  // Five million bytes, the first tenth of a second's worth saved up before.
  const std::chrono::duration<double> taken = now - begin;
  EXPECT_NEAR(taken.count(), 4.85, 0.01);
}

TEST(Bandwidth, SavesNothingUpWhileNothingIsSent) {
  Bandwidth bandwidth(1'000'000);
  auto now = Bandwidth::Clock::now();
  now += bandwidth.take(1'000'000, now);
  now += std::chrono::hours(1);
  static_cast<void>(bandwidth.take(200'000, now));
  EXPECT_NEAR(std::chrono::duration<double>(bandwidth.take(1, now)).count(), 0.1, 0.01);
}

}  // namespace
}  // namespace sluice::link::test

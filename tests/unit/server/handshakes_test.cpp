#include "server/handshakes.h"

#include <deque>

#include <gtest/gtest.h>

#include "server/connection.h"

namespace sluice::server {
namespace {

struct Peer : AnyConnection {
  void check_deadline(Deadline::Clock::time_point) override {}
  void close_if_idle() override {}
  void cut() override {}
  void give_way() override {}
};

class HandshakesTest : public testing::Test {
 protected:
  // Whom it was that had to give way to a new one.
  std::shared_ptr<AnyConnection> loser_to(const std::string& origin) {
    open.push_back(std::make_shared<Peer>());
    return handshakes.begin(open.back(), origin);
  }
  void prove(const std::string& origin) {
    ASSERT_EQ(loser_to(origin), nullptr);
    handshakes.end(open.back().get(), true);
    open.pop_back();
  }

  Handshakes handshakes{8};
  std::deque<std::shared_ptr<Peer>> open;  // so that what refers to one stays good
};

TEST_F(HandshakesTest, OfOneAddressMayBeAQuarterAndItsOldestGivesWay) {
  EXPECT_EQ(loser_to("10.0.0.1"), nullptr);
  EXPECT_EQ(loser_to("10.0.0.2"), nullptr);
  EXPECT_EQ(loser_to("10.0.0.1"), nullptr);
  EXPECT_EQ(loser_to("10.0.0.1"), open[0]);
  EXPECT_EQ(loser_to("10.0.0.1"), open[2]);
}

TEST_F(HandshakesTest, OfAnAddressThatHasShownAGoodCertificateMayBeAHalf) {
  prove("10.0.0.1");
  for (int each = 0; each < 4; ++each)
    EXPECT_EQ(loser_to("10.0.0.1"), nullptr);
  EXPECT_EQ(loser_to("10.0.0.1"), open[0]);
}

TEST_F(HandshakesTest, StrangersGiveWayBeforeWhoHasShownAGoodCertificate) {
  prove("10.0.0.1");
  EXPECT_EQ(loser_to("10.0.0.1"), nullptr);
  for (int each = 0; each < 7; ++each)
    EXPECT_EQ(loser_to("192.0.2." + std::to_string(each)), nullptr);
  EXPECT_EQ(loser_to("192.0.2.100"), open[1]) << "the first one is older, but known";
}

TEST_F(HandshakesTest, WhatHasEndedLeavesItsPlace) {
  EXPECT_EQ(loser_to("10.0.0.1"), nullptr);
  EXPECT_EQ(loser_to("10.0.0.1"), nullptr);
  handshakes.end(open[0].get());
  handshakes.end(open[0].get());
  EXPECT_EQ(loser_to("10.0.0.1"), nullptr);
}

TEST(OriginOfAConnection, IsItsAddressAndOfIPv6ItsNetwork) {
  const auto origin = [](const char* address) {
    return origin_of(boost::asio::ip::make_address(address));
  };
  EXPECT_EQ(origin("10.1.2.3"), "10.1.2.3");
  EXPECT_EQ(origin("::ffff:10.1.2.3"), "10.1.2.3");
  EXPECT_EQ(origin("2001:db8:0:1::5"), origin("2001:db8:0:1:ffff::6"));
  EXPECT_NE(origin("2001:db8:0:1::5"), origin("2001:db8:0:2::5"));
}

}  // namespace
}  // namespace sluice::server

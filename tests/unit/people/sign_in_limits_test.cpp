#include "people/sign_in_limits.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "people/client_address.h"

namespace sluice::people {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

const record::Time first_failure = record::parse_time("2026-11-23T04:44:00.000Z").value();

TEST(ClientAddress, IsThatOfIpv4AndTheNetworkOfIpv6) {
  EXPECT_EQ(counted_address("192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(counted_address("::ffff:192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(counted_address("2001:db8:0:1:a:b:c:d"), "2001:db8:0:1::/64");
  EXPECT_EQ(counted_address("2001:DB8:0:1::"), "2001:db8:0:1::/64");
  EXPECT_EQ(counted_address("2001:db8:0:2::1"), "2001:db8:0:2::/64");
  EXPECT_EQ(counted_address("fe80::1%eth0"), "fe80::/64");
  for (const char* text : {"", "localhost", "1.2.3", "1.2.3.4.5", ":::"})
    EXPECT_EQ(counted_address(text), "?");
}

class FailureCountsTest : public ::testing::Test {
 protected:
  // Fails as soon as it may, and returns how long it has to wait then.
  milliseconds fail(const std::string& key = "a") {
    now_ = counts_.waits_until(key, now_).value_or(now_);
    counts_.add(key, now_);
    return counts_.waits_until(key, now_).value_or(now_) - now_;
  }

  FailureCounts counts_{5, 3};
  record::Time now_ = first_failure;
};

TEST_F(FailureCountsTest, FifthFailureWaitsAndEachFurtherOneTwiceAsLong) {
  for (int i = 0; i < 4; ++i)
    EXPECT_EQ(fail(), seconds(0));
  for (const int wait : {30, 60, 120, 240, 480, 900, 900, 900})
    EXPECT_EQ(fail(), seconds(wait));
  EXPECT_FALSE(counts_.waits_until("b", now_));
  EXPECT_TRUE(counts_.waits_until("a", now_ + minutes(15) - milliseconds(1)));
  EXPECT_FALSE(counts_.waits_until("a", now_ + minutes(15)));
}

TEST_F(FailureCountsTest, OneIsForgivenEachThreeMinutesWithoutWaiting) {
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(fail(), seconds(0));
    now_ += minutes(3);
  }
  for (int i = 0; i < 4; ++i)
    EXPECT_EQ(fail(), seconds(0));
  EXPECT_EQ(fail(), seconds(30));
  now_ += seconds(30) + minutes(3) - milliseconds(1);
  EXPECT_EQ(fail(), minutes(1));
  now_ += minutes(1) + minutes(3);
  EXPECT_EQ(fail(), minutes(1));  // the sixth was forgiven, so this is the sixth
}

TEST_F(FailureCountsTest, WhoWaitedForLongIsForgivenIn30Minutes) {
  for (int i = 0; i < 50; ++i)
    fail();
  now_ += minutes(15) + minutes(30);
  for (int i = 0; i < 4; ++i)
    EXPECT_EQ(fail(), seconds(0));
}

TEST_F(FailureCountsTest, WhatIsTakenBackWasNone) {
  for (int i = 0; i < 4; ++i)
    fail();
  for (int i = 0; i < 10; ++i) {
    counts_.add("a", now_);
    counts_.take_back("a");
  }
  EXPECT_FALSE(counts_.waits_until("a", now_));
  EXPECT_EQ(fail(), seconds(30));
  counts_.forget("a");
  EXPECT_FALSE(counts_.waits_until("a", now_));
  EXPECT_EQ(counts_.size(), 0U);
  counts_.take_back("a");
  EXPECT_EQ(counts_.size(), 0U);
}

// However many fail, taking back does not count down what was there.
TEST_F(FailureCountsTest, TakingBackAtTheLongestWaitDoesNotShortenIt) {
  for (int i = 0; i < 20; ++i)
    fail();
  for (int i = 0; i < 20; ++i) {
    now_ = counts_.waits_until("a", now_).value_or(now_);
    counts_.add("a", now_);
    counts_.take_back("a");
  }
  EXPECT_EQ(fail(), minutes(15));
}

TEST_F(FailureCountsTest, FullTableForgetsWhoFailedTheLongestAgo) {
  for (int i = 0; i < 5; ++i)
    fail("a");
  for (const char* key : {"b", "c"})
    counts_.add(key, now_);
  EXPECT_TRUE(counts_.waits_until("a", now_));
  counts_.add("d", now_);
  EXPECT_FALSE(counts_.waits_until("a", now_));
  EXPECT_EQ(counts_.size(), 3U);
  counts_.add("b", now_);
  counts_.add("e", now_);  // c goes, b has failed since
  for (int i = 0; i < 2; ++i)
    counts_.add("b", now_);
  EXPECT_FALSE(counts_.waits_until("b", now_));
  counts_.add("b", now_);
  EXPECT_TRUE(counts_.waits_until("b", now_));
}

TEST_F(FailureCountsTest, ClockThatWasSetBackKeepsNobodyOutForLonger) {
  for (int i = 0; i < 5; ++i)
    fail();
  now_ -= std::chrono::hours(24);
  EXPECT_EQ(counts_.waits_until("a", now_), now_ + minutes(15));
}

class SignInLimitsTest : public ::testing::Test {
 protected:
  static Origin at(const std::string& address, const std::string& account = "wang") {
    return {.account = AccountName(account), .address = address, .device = std::nullopt};
  }
  static Origin on(const std::string& device, const std::string& address = "192.0.2.1") {
    return {.account = AccountName("wang"), .address = address, .device = device};
  }
  bool may(const Origin& origin) { return limits_.admit(origin, now_).has_value(); }
  void fail(const Origin& origin, int times) {
    for (int i = 0; i < times; ++i) {
      auto admission = limits_.admit(origin, now_);
      ASSERT_TRUE(admission) << i;
      admission->failed();
    }
  }
  void succeed(const Origin& origin) { limits_.admit(origin, now_)->succeeded(); }

  SignInLimits limits_;
  record::Time now_ = first_failure;
};

TEST_F(SignInLimitsTest, StrangerLocksNeitherThePersonsDeviceNorAnotherAddress) {
  fail(at("192.0.2.1"), 5);
  const auto denied = limits_.admit(at("192.0.2.1"), now_);
  ASSERT_FALSE(denied);
  EXPECT_EQ(denied.error().waits_until, now_ + seconds(30));
  EXPECT_TRUE(may(on("device")));  // at that address, too
  EXPECT_TRUE(may(at("192.0.2.2")));
  EXPECT_TRUE(may(at("192.0.2.1", "li")));
  now_ += seconds(30);
  EXPECT_TRUE(may(at("192.0.2.1")));
}

TEST_F(SignInLimitsTest, DeviceIsCountedByItselfWhereverItIs) {
  fail(on("device"), 4);
  fail(on("device", "198.51.100.1"), 1);
  EXPECT_FALSE(may(on("device", "203.0.113.1")));
  EXPECT_TRUE(may(on("other")));
  EXPECT_TRUE(may(at("192.0.2.1")));
}

TEST_F(SignInLimitsTest, AddressIsCountedOverAllAccountsAndNotByDevices) {
  for (int account = 0; account < 29; ++account)
    fail(at("192.0.2.1", fmt::format("w{}", account)), 1);
  fail(on("device"), 4);
  EXPECT_TRUE(may(at("192.0.2.1", "li")));
  fail(at("192.0.2.1", "li"), 1);
  const auto denied = limits_.admit(at("192.0.2.1", "zhao"), now_);
  ASSERT_FALSE(denied);
  EXPECT_EQ(denied.error().waits_until, now_ + seconds(30));
  EXPECT_TRUE(may(on("device")));
  EXPECT_TRUE(may(at("192.0.2.2", "zhao")));
}

TEST_F(SignInLimitsTest, SuccessForgetsThePersonsFailuresAndNotTheAddresss) {
  fail(at("192.0.2.1"), 4);
  succeed(at("192.0.2.1"));
  fail(at("192.0.2.1"), 4);
  fail(on("device"), 4);
  succeed(on("device"));
  fail(on("device"), 4);
  // Whoever has an account guesses at others no more often for it.
  for (int account = 0; account < 22; ++account) {
    fail(at("192.0.2.1", fmt::format("w{}", account)), 1);
    if (account < 21) succeed(at("192.0.2.1", "mine"));
  }
  EXPECT_FALSE(may(at("192.0.2.1", "mine")));
}

TEST_F(SignInLimitsTest, AttemptUnderWayCountsAsAFailureUntilItIsNone) {
  fail(at("192.0.2.1"), 3);
  {
    const auto first = limits_.admit(at("192.0.2.1"), now_);
    auto second = limits_.admit(at("192.0.2.1"), now_);
    ASSERT_TRUE(first && second);
    const auto denied = limits_.admit(at("192.0.2.1"), now_);
    ASSERT_FALSE(denied);
    EXPECT_TRUE(denied.error().waits_until);
  }
  EXPECT_TRUE(may(at("192.0.2.1")));  // nothing is known of both
  fail(at("192.0.2.1"), 2);
  EXPECT_FALSE(may(at("192.0.2.1")));
}

TEST_F(SignInLimitsTest, TwoAreUnderWayFromOneAddressAndTwoOfOneDevice) {
  const auto first = limits_.admit(at("192.0.2.1"), now_);
  auto second = limits_.admit(at("192.0.2.1", "li"), now_);
  ASSERT_TRUE(first && second);
  const auto denied = limits_.admit(at("192.0.2.1", "zhao"), now_);
  ASSERT_FALSE(denied);
  EXPECT_FALSE(denied.error().waits_until);
  EXPECT_TRUE(may(at("192.0.2.2")));
  const auto on_device = limits_.admit(on("device"), now_);
  const auto again = limits_.admit(on("device", "192.0.2.9"), now_);
  ASSERT_TRUE(on_device && again);
  EXPECT_FALSE(may(on("device")));
  { const auto over = std::move(second); }
  EXPECT_TRUE(may(at("192.0.2.1", "zhao")));
}

TEST_F(SignInLimitsTest, WhoFillsTheTablesForgetsNoDevice) {
  fail(on("device"), 5);
  for (std::size_t i = 0; i <= most_counts_a_table; ++i)
    fail(at(fmt::format("10.0.{}.{}", i / 256, i % 256), "li"), 1);
  EXPECT_FALSE(may(on("device")));
}

}  // namespace
}  // namespace sluice::people

#include "people/device_token.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace sluice::people {
namespace {

using std::chrono::days;

const AccountName wang("wang");
const record::Time then = record::parse_time("2026-11-23T04:44:00.000Z").value();

class DeviceTokenTest : public ::testing::Test {
 protected:
  [[nodiscard]] std::optional<std::string> device(std::string_view token,
                                                  record::Time now = then) const {
    return device_of(secret_, token, wang, now);
  }
  Secret secret_ = Secret::random();
  std::string token_ = make_device_token(secret_, wang, then);
};

TEST_F(DeviceTokenTest, IsOfItsDeviceWhicheverDayItIsShown) {
  const auto first = device(token_);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->size(), 22U);
  EXPECT_EQ(device(token_, then + days(1)), first);
  EXPECT_NE(device(make_device_token(secret_, wang, then)), first);
}

TEST_F(DeviceTokenTest, IsGoodFor90Days) {
  EXPECT_TRUE(device(token_, then + days(89)));
  EXPECT_FALSE(device(token_, then + days(90)));
  EXPECT_TRUE(device(token_, then - days(1)));  // a clock that was set back
}

TEST_F(DeviceTokenTest, OfAnotherAccountOrInstallationIsNone) {
  EXPECT_FALSE(device_of(secret_, token_, AccountName("li"), then));
  EXPECT_FALSE(device_of(secret_, token_, AccountName(), then));
  EXPECT_FALSE(device_of(Secret::random(), token_, wang, then));
}

TEST_F(DeviceTokenTest, EveryByteCounts) {
  for (std::size_t i = 0; i < token_.size(); ++i) {
    std::string forged = token_;
    forged[i] = forged[i] == '1' ? '2' : '1';
    EXPECT_FALSE(device(forged)) << i;
    EXPECT_FALSE(device(token_.substr(0, i))) << i;
    EXPECT_FALSE(device(token_.substr(i + 1))) << i;
  }
  for (const char* text : {"", ".", "..", "...", "a.b.c", "\n"})
    EXPECT_FALSE(device(text)) << text;
  EXPECT_FALSE(device(token_ + "A"));
  EXPECT_FALSE(device("x." + token_));
}

// Made for something else by the same installation.
TEST_F(DeviceTokenTest, HashOfAnotherPurposeIsNone) {
  const std::string signed_part = token_.substr(0, token_.rfind('.'));
  EXPECT_FALSE(device(fmt::format(
      "{}.{}", signed_part, secret_.keyed_hash(Purpose::csrf_token, "wang\n" + signed_part))));
  EXPECT_EQ(token_, fmt::format("{}.{}", signed_part,
                                secret_.keyed_hash(Purpose::device_token, "wang\n" + signed_part)));
}

}  // namespace
}  // namespace sluice::people

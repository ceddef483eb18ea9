#include "record/delivery_name.h"

#include <gtest/gtest.h>

namespace sluice::record {
namespace {

TEST(DeliveryName, IsReadAsItIsWritten) {
  const DeliveryName name{SubscriptionId("park-licences"), {1790000000000}, {7}};
  EXPECT_EQ(to_string(name), "park-licences.1790000000000.7");
  EXPECT_EQ(parse_delivery_name("park-licences.1790000000000.7"), name);
  const DeliveryName largest{SubscriptionId("a"), {18446744073709551615U}, {18446744073709551615U}};
  EXPECT_EQ(parse_delivery_name(to_string(largest)), largest);
}

TEST(DeliveryName, OneTextIsOneName) {
  for (const char* text : {"",
                           ".",
                           "a",
                           "a.1",
                           "a.1.",
                           "a..1",
                           ".1.1",
                           "a.0.1",
                           "a.1.0",
                           "a.01.1",
                           "a.1.01",
                           "a.+1.1",
                           "a.1.1 ",
                           " a.1.1",
                           "a.1.1.1",
                           "A.1.1",
                           "a-.1.1",
                           "a.1.1x",
                           "a.x.1",
                           "a.-1.1",
                           "a.18446744073709551616.1",
                           "a.1.99999999999999999999"}) {
    EXPECT_FALSE(parse_delivery_name(text)) << text;
  }
}

}  // namespace
}  // namespace sluice::record

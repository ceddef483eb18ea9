#include "threads/slots.h"

#include <thread>

#include <gtest/gtest.h>

namespace sluice::threads {
namespace {

class SlotsTest : public testing::Test {
 protected:
  std::stop_source stopping;
};

TEST_F(SlotsTest, NoMoreAreGivenThanThereAre) {
  Slots slots(2);
  const auto one = slots.take({});
  const auto other = slots.take({});
  EXPECT_TRUE(one && other);
  stopping.request_stop();
  EXPECT_FALSE(slots.take(stopping.get_token()));
}

TEST_F(SlotsTest, SlotThatWasGivenBackGoesToWhoWaits) {
  Slots slots(1);
  auto taken = slots.take({});
  bool has_one = false;
  std::jthread waiting([&] { has_one = slots.take({}).has_value(); });
  { const Slots::Slot given_back = std::move(*taken); }
  waiting.join();
  EXPECT_TRUE(has_one);
}

TEST_F(SlotsTest, WhoWaitsComesBeforeWhoGaveBack) {
  Slots slots(1);
  auto taken = slots.take({});
  bool has_one = false;
  std::jthread waiting([&] {
    const auto slot = slots.take({});
    has_one = true;
  });
  while (slots.waiting() == 0)
    std::this_thread::yield();
  { const Slots::Slot given_back = std::move(*taken); }
  const auto next = slots.take({});
  EXPECT_TRUE(has_one);
}

TEST_F(SlotsTest, StopEndsTheWait) {
  Slots slots(1);
  const auto taken = slots.take({});
  bool has_one = true;
  std::jthread waiting(
      [&](const std::stop_token& stop) { has_one = slots.take(stop).has_value(); });
  waiting.request_stop();
  waiting.join();
  EXPECT_FALSE(has_one);
}

}  // namespace
}  // namespace sluice::threads

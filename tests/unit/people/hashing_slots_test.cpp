#include "people/hashing_slots.h"

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace sluice::people {
namespace {

TEST(HashingSlots, TwoAtOnceAFewWaitAndTheLastPlacesAreForWhoIsKnown) {
  HashingSlots slots;
  std::atomic<int> served = 0;
  std::vector<std::jthread> threads;
  const auto let_wait = [&](Comer comer, std::size_t until) {
    while (threads.size() < until)
      threads.emplace_back([&slots, &served, comer] {
        if (slots.take(comer)) ++served;
      });
    while (slots.waiting() < until)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
  };
  {
    const auto first = slots.take(Comer::stranger);
    const auto second = slots.take(Comer::stranger);
    ASSERT_TRUE(first && second);
    let_wait(Comer::stranger, HashingSlots::most_strangers_waiting);
    EXPECT_FALSE(slots.take(Comer::stranger));
    let_wait(Comer::known, HashingSlots::most_waiting);
    EXPECT_FALSE(slots.take(Comer::known));
    EXPECT_EQ(served, 0);
  }
  threads.clear();
  EXPECT_EQ(served, static_cast<int>(HashingSlots::most_waiting));
  EXPECT_EQ(slots.waiting(), 0U);
  EXPECT_TRUE(slots.take(Comer::stranger));
}

}  // namespace
}  // namespace sluice::people

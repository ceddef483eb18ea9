#include "sqlite/write_turns.h"

#include <chrono>
#include <cstdint>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace sluice::sqlite {
namespace {

constexpr std::chrono::minutes long_enough{10};

TEST(WriteTurns, AreGivenInTheOrderInWhichTheyWereAskedFor) {
  constexpr std::uint64_t threads_at_once = 5;
  WriteTurns turns;
  std::vector<std::uint64_t> order;  // written by who has the turn
  {
    std::vector<std::jthread> threads;
    const auto first = turns.take(long_enough);
    for (std::uint64_t number = 1; number <= threads_at_once; ++number) {
      threads.emplace_back([&turns, &order, number] {
        const auto turn = turns.take(long_enough);
        order.push_back(number);
      });
      while (turns.came() <= number)
        std::this_thread::yield();
    }
    EXPECT_TRUE(order.empty()) << "while the first still has it";
  }
  EXPECT_EQ(order, (std::vector<std::uint64_t>{1, 2, 3, 4, 5}));
}

TEST(WriteTurns, WhoHasWaitedTooLongGoesAndHoldsUpNobody) {
  WriteTurns turns;
  auto first = turns.take(long_enough);
  EXPECT_FALSE(turns.take(std::chrono::milliseconds(0)));
  std::jthread third([&turns] { EXPECT_TRUE(turns.take(long_enough)); });
  while (turns.came() < 3)
    std::this_thread::yield();
  EXPECT_FALSE(turns.take(std::chrono::milliseconds(0)));
  first.reset();
  third.join();
  EXPECT_TRUE(turns.take(std::chrono::milliseconds(0))) << "nobody has it any more";
}

}  // namespace
}  // namespace sluice::sqlite

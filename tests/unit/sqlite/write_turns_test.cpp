#include "sqlite/write_turns.h"

#include <cstdint>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace sluice::sqlite {
namespace {

TEST(WriteTurns, AreGivenInTheOrderInWhichTheyWereAskedFor) {
  constexpr std::uint64_t threads_at_once = 5;
  WriteTurns turns;
  std::vector<std::uint64_t> order;  // written by who has the turn
  {
    std::vector<std::jthread> threads;
    const auto first = turns.take();
    for (std::uint64_t number = 1; number <= threads_at_once; ++number) {
      threads.emplace_back([&turns, &order, number] {
        const auto turn = turns.take();
        order.push_back(number);
      });
      while (turns.came() <= number)
        std::this_thread::yield();
    }
    EXPECT_TRUE(order.empty()) << "while the first still has it";
  }
  EXPECT_EQ(order, (std::vector<std::uint64_t>{1, 2, 3, 4, 5}));
}

}  // namespace
}  // namespace sluice::sqlite

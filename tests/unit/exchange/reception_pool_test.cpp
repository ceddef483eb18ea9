#include "exchange/reception_pool.h"

#include <atomic>
#include <future>
#include <thread>

#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <gtest/gtest.h>

#include "support/center_builder.h"

namespace sluice::exchange::test {
namespace {

using Answer = std::expected<int, ReceptionFailure>;

class ReceptionPoolTest : public testing::Test {
 protected:
  std::future<Answer> start(const record::BureauId& bureau,
                            const std::function<Answer(Reception&)>& work) {
    return boost::asio::co_spawn(context, pool.run<int>(bureau, work), boost::asio::use_future);
  }
  Center center;
  std::atomic<int> opened = 0;
  std::atomic<bool> can_open = true;
  boost::asio::io_context context;
  ReceptionPool pool{
      2, [this]() -> std::expected<std::unique_ptr<Reception>, ReceptionFailure> {
        if (!can_open) {
          return std::unexpected(ReceptionFailure{ReceptionProblem::unavailable, "store", "away"});
        }
        ++opened;
        return std::make_unique<Reception>(center.reception());
      }};
  const record::BureauId park{"park"};
  const record::BureauId quality{"quality"};
  const record::BureauId tax{"tax"};
};

TEST_F(ReceptionPoolTest, RunsTheCallsForOneBureauInOrderAndOneAtATime) {
  std::vector<int> order;  // not guarded: that is what is tested
  std::vector<std::function<Answer(Reception&)>> works;
  for (int i = 0; i < 50; ++i) {
    works.push_back([&order, i](Reception&) -> Answer {
      order.push_back(i);
      return i;
    });
  }
  std::vector<std::future<Answer>> answers;
  for (const auto& work : works)
    answers.push_back(start(park, work));
  context.run();
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(answers[static_cast<std::size_t>(i)].get().value(), i);
    EXPECT_EQ(order[static_cast<std::size_t>(i)], i);
  }
  EXPECT_EQ(opened, 1) << "one reception is enough for one bureau";
}

TEST_F(ReceptionPoolTest, ABureauThatTakesLongDoesNotHoldUpAnother) {
  std::promise<void> other_is_done;
  const std::function<Answer(Reception&)> slow = [&](Reception&) -> Answer {
    const auto waited = other_is_done.get_future().wait_for(std::chrono::seconds(60));
    return waited == std::future_status::ready ? 1 : 0;
  };
  const std::function<Answer(Reception&)> quick = [&](Reception&) -> Answer {
    other_is_done.set_value();
    return 2;
  };
  auto first = start(park, slow);
  auto second = start(quality, quick);
  context.run();
  EXPECT_EQ(first.get().value(), 1);
  EXPECT_EQ(second.get().value(), 2);
}

TEST_F(ReceptionPoolTest, OpensNoMoreReceptionsThanItMay) {
  const std::function<Answer(Reception&)> work = [](Reception&) -> Answer { return 1; };
  std::vector<std::future<Answer>> answers;
  for (int round = 0; round < 10; ++round) {
    for (const auto* bureau : {&park, &quality, &tax})
      answers.push_back(start(*bureau, work));
  }
  context.run();
  for (auto& answer : answers)
    EXPECT_EQ(answer.get().value(), 1);
  EXPECT_LE(opened, 2);
}

TEST_F(ReceptionPoolTest, TriesAgainToOpenAStoreThatWasAway) {
  const std::function<Answer(Reception&)> work = [](Reception&) -> Answer { return 1; };
  can_open = false;
  auto gone = start(park, work);
  context.run();
  const Answer answer = gone.get();
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ReceptionProblem::unavailable);
  can_open = true;
  context.restart();
  auto back = start(park, work);
  context.run();
  EXPECT_EQ(back.get().value(), 1);
}

}  // namespace
}  // namespace sluice::exchange::test

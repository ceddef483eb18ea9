#include "api/measuring.h"

#include <atomic>
#include <functional>
#include <future>
#include <latch>
#include <thread>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice::api::test {
namespace {

namespace asio = boost::asio;

// Patience that no test outlasts.
constexpr std::chrono::hours for_ever{1};

class MeasuringTest : public testing::Test {
 protected:
  void ask(Measuring& measuring, int times = 1) {
    for (int i = 0; i < times; ++i) {
      asio::co_spawn(loop, measuring.look(), [this](const std::exception_ptr&) {
        ++answered;
        read.push_back(shown);
      });
    }
  }
  // Tells nothing, or that something is shown.
  static std::function<void()> nothing() {
    return [] {};
  }
  std::function<void()> something() {
    return [this] { shown = true; };
  }

  std::atomic<int> measured = 0;
  std::atomic<int> missed = 0;
  std::atomic<bool> shown = false;
  int answered = 0;
  std::vector<bool> read;  // by those who were answered, in order
  asio::io_context loop{1};
};

TEST_F(MeasuringTest, IsAnsweredOnceItHasLooked) {
  Measuring measuring({[&] {
                         ++measured;
                         return something();
                       },
                       [&] { ++missed; }},
                      for_ever);
  ask(measuring);
  loop.run();
  EXPECT_THAT(read, testing::ElementsAre(true));
  EXPECT_EQ(answered, 1);
  EXPECT_EQ(measured, 1);
  EXPECT_EQ(missed, 0);
}

TEST_F(MeasuringTest, ALookThatHangsIsNotWaitedForAndIsMissed) {
  std::promise<void> go_on;
  Measuring measuring({[&, held = go_on.get_future().share()] {
                         held.wait();
                         ++measured;
                         return nothing();
                       },
                       [&] { ++missed; }},
                      std::chrono::milliseconds(1));
  ask(measuring);
  loop.run();
  EXPECT_EQ(answered, 1);
  EXPECT_EQ(missed, 1);
  EXPECT_EQ(measured, 0) << "it hangs still";
  go_on.set_value();
}

TEST_F(MeasuringTest, ThoseWhoAskWhileOneLooksShareTheNextLook) {
  std::promise<void> go_on;
  std::promise<void> begun;
  const auto held = go_on.get_future().share();
  Measuring measuring({[&, held] {
                         if (++measured == 1) begun.set_value();
                         held.wait();
                         return nothing();
                       },
                       [&] { ++missed; }},
                      for_ever);
  ask(measuring);
  loop.poll();
  begun.get_future().wait();
  ask(measuring, 10);
  loop.poll();
  go_on.set_value();
  loop.run();
  EXPECT_EQ(answered, 11);
  EXPECT_EQ(measured, 2) << "what began before they asked is not theirs";
  EXPECT_EQ(missed, 0);
}

TEST_F(MeasuringTest, WhoHasGivenUpIsNoLongerWaitedFor) {
  std::promise<void> go_on;
  Measuring measuring({[&, held = go_on.get_future().share()] {
                         ++measured;
                         held.wait();
                         return nothing();
                       },
                       [&] { ++missed; }},
                      std::chrono::milliseconds(1));
  ask(measuring, 3);
  loop.run();
  loop.restart();
  ask(measuring, 3);
  loop.run();
  EXPECT_EQ(answered, 6);
  EXPECT_EQ(missed, 6);
  go_on.set_value();
  measuring.join();
  EXPECT_LE(measured, 2);
}

TEST_F(MeasuringTest, ALookThatEndsAfterItWasMissedIsToldWhole) {
  std::promise<void> begun;
  std::promise<void> go_on;
  Measuring measuring({[&, held = go_on.get_future().share()] {
                         begun.set_value();
                         held.wait();
                         return something();
                       },
                       [&] { shown = false; }},
                      std::chrono::milliseconds(1));
  ask(measuring);
  loop.poll();
  begun.get_future().wait();
  loop.run();
  EXPECT_THAT(read, testing::ElementsAre(false));
  go_on.set_value();
  measuring.join();
  EXPECT_TRUE(shown);
}

TEST_F(MeasuringTest, WhoGivesUpTakesNothingFromWhoWasToldAndHasNotReadItYet) {
  constexpr std::chrono::milliseconds patience{500};
  std::promise<void> go_on;
  std::promise<void> end;
  std::promise<void> first;
  std::promise<void> second;
  Measuring measuring({[&, held = go_on.get_future().share(), still = end.get_future().share()] {
                         (++measured == 1 ? first : second).set_value();
                         (measured == 1 ? held : still).wait();
                         return something();
                       },
                       [&] {
                         ++missed;
                         shown = false;
                       }},
                      patience);
  ask(measuring);
  loop.poll();
  first.get_future().wait();
  ask(measuring);
  loop.poll();
  go_on.set_value();
  second.get_future().wait();
  // Nobody has read, and the patience of both is at its end.
  std::this_thread::sleep_for(2 * patience);
  loop.run();
  EXPECT_EQ(read.size(), 2U);
  EXPECT_THAT(read, testing::Contains(true)) << "the first one's look has ended";
  end.set_value();
}

}  // namespace
}  // namespace sluice::api::test

#include "api/measuring.h"

#include <atomic>
#include <future>
#include <latch>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

namespace sluice::api::test {
namespace {

namespace asio = boost::asio;

// Patience that no test outlasts.
constexpr std::chrono::hours for_ever{1};

class MeasuringTest : public testing::Test {
 protected:
  void ask(Measuring& measuring, int times = 1) {
    for (int i = 0; i < times; ++i)
      asio::co_spawn(loop, measuring.look(), [this](const std::exception_ptr&) { ++answered; });
  }

  std::atomic<int> measured = 0;
  std::atomic<int> missed = 0;
  int answered = 0;
  asio::io_context loop{1};
};

TEST_F(MeasuringTest, IsAnsweredOnceItHasLooked) {
  Measuring measuring({[&] { ++measured; }, [&] { ++missed; }}, for_ever);
  ask(measuring);
  loop.run();
  EXPECT_EQ(answered, 1);
  EXPECT_EQ(measured, 1);
  EXPECT_EQ(missed, 0);
}

TEST_F(MeasuringTest, ALookThatHangsIsNotWaitedForAndIsMissed) {
  std::promise<void> go_on;
  Measuring measuring({[&, held = go_on.get_future().share()] {
                         held.wait();
                         ++measured;
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

}  // namespace
}  // namespace sluice::api::test

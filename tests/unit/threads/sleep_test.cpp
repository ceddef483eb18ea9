#include "threads/sleep.h"

#include <latch>
#include <thread>

#include <gtest/gtest.h>

namespace sluice::threads {
namespace {

using std::chrono::steady_clock;

// Long beside the time that a test may take.
constexpr std::chrono::hours for_ever{10};

class SleepTest : public testing::Test {
 protected:
  std::stop_source stopping;
};

TEST_F(SleepTest, SleepsUntilItsTimeHasCome) {
  const auto end = steady_clock::now() + std::chrono::milliseconds(20);
  sleep_until({}, end);
  EXPECT_GE(steady_clock::now(), end);
  const auto begun = steady_clock::now();
  sleep_for({}, std::chrono::milliseconds(20));
  EXPECT_GE(steady_clock::now() - begun, std::chrono::milliseconds(20));
}

TEST_F(SleepTest, StopEndsIt) {
  std::latch begun(1);
  std::jthread thread([&](const std::stop_token& stop) {
    begun.count_down();
    sleep_for(stop, for_ever);
  });
  begun.wait();
  std::this_thread::sleep_for(std::chrono::milliseconds(20));  // mostly it sleeps by now
  thread.request_stop();
  thread.join();
}

TEST_F(SleepTest, WhoWasToldToStopBeforeDoesNotSleep) {
  stopping.request_stop();
  sleep_for(stopping.get_token(), for_ever);
  sleep_until(stopping.get_token(), steady_clock::now() + for_ever);
}

}  // namespace
}  // namespace sluice::threads

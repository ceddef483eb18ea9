#include "jobs/uninterrupted.h"

#include <cstdlib>

#include <gtest/gtest.h>

namespace sluice::jobs::test {
namespace {

using testing::KilledBySignal;

TEST(Uninterrupted, PassesASignalOnAtItsEnd) {
  EXPECT_EXIT(
      {
        std::signal(SIGTERM, SIG_DFL);
        bool was_asked = false;
        {
          const Uninterrupted uninterrupted;
          std::raise(SIGTERM);
          was_asked = uninterrupted.is_asked_to_end();
          std::fprintf(stderr, "%s", was_asked ? "noted" : "not noted");
        }
        std::exit(0);
      },
      KilledBySignal(SIGTERM), "^noted$");
}

TEST(Uninterrupted, PassesNothingOnOfWhatIsDone) {
  {
    const Uninterrupted uninterrupted;
    std::raise(SIGINT);
    uninterrupted.forget();
    EXPECT_FALSE(uninterrupted.is_asked_to_end());
  }
  SUCCEED() << "it lives";
}

TEST(Uninterrupted, LeavesIgnoredWhatWasIgnored) {
  auto* const before = std::signal(SIGHUP, SIG_IGN);
  {
    const Uninterrupted uninterrupted;
    std::raise(SIGHUP);
    EXPECT_FALSE(uninterrupted.is_asked_to_end());
  }
  EXPECT_EQ(std::signal(SIGHUP, before), SIG_IGN);
}

}  // namespace
}  // namespace sluice::jobs::test

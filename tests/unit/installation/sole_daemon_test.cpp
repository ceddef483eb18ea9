#include "installation/sole_daemon.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "support/temporary_directory.h"

namespace sluice::installation::test {
namespace {

using testing::HasSubstr;

TEST(SoleDaemon, IsRefusedToASecondOneWhichIsToldWhoHasItAndWhatToDo) {
  const record::test::TemporaryDirectory directory;
  const Paths paths(directory.path());
  const auto first = SoleDaemon::take(paths);
  ASSERT_TRUE(first) << first.error().sentence;
  const auto second = SoleDaemon::take(paths);
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().sentence, HasSubstr((directory.path() / "sluiced.lock").string()));
  EXPECT_THAT(second.error().sentence,
              HasSubstr("in use by process " + std::to_string(::getpid()) + ","));
  EXPECT_THAT(second.error().sentence, HasSubstr("stop that first"));
}

TEST(SoleDaemon, IsFreeOnceItsHolderHasGone) {
  const record::test::TemporaryDirectory directory;
  const Paths paths(directory.path());
  static_cast<void>(SoleDaemon::take(paths));
  EXPECT_TRUE(SoleDaemon::take(paths));
}

}  // namespace
}  // namespace sluice::installation::test

#include "runs/child_process.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace sluice::runs::test {
namespace {

ChildEnd run(const std::string& script) {
  auto child = ChildProcess::start("/bin/sh", {"-c", script}, {.time = std::chrono::seconds(30)});
  EXPECT_TRUE(child) << child.error().sentence;
  return child->wait({});
}

// A child that outlives the daemon would go on listening on its sockets.
TEST(ChildProcess, TakesOverNoDescriptorButItsThree) {
  const int kept = ::open("/dev/null", O_RDONLY);  // without O_CLOEXEC, as Asio opens sockets
  ASSERT_GE(kept, 3);
  const ChildEnd end = run("for each in /proc/$$/fd/*; do readlink $each; done");
  ::close(kept);
  EXPECT_THAT(end.output, testing::MatchesRegex("/dev/null\npipe:[^\n]*\npipe:[^\n]*\n"))
      << end.errors;
}

TEST(ChildProcess, IsToldWhoseChildItIs) {
  EXPECT_EQ(run("printf %s $SLUICE_PARENT").output, std::to_string(getpid()));
}

TEST(ChildProcess, ThatIsNobodysChildAnyMoreEndsAtOnce) {
  const std::string sluice = SLUICE_COMMAND;
  const ChildEnd orphan = run("SLUICE_PARENT=1 exec " + sluice + " --version");
  EXPECT_EQ(orphan.status, 1);
  EXPECT_EQ(orphan.output, "");
  EXPECT_THAT(run("exec " + sluice + " --version").output, testing::StartsWith("sluice "));
}

}  // namespace
}  // namespace sluice::runs::test

#include "runs/child_process.h"

#include <csignal>
#include <string>
#include <string_view>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "runs/piped_child.h"

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

TEST(ChildProcess, ThatUsesUpItsProcessorTimeIsToldSoByItsOwnSignal) {
  auto child = ChildProcess::start("/bin/sh", {"-c", "while :; do :; done"},
                                   {.cpu = std::chrono::seconds(1)});
  ASSERT_TRUE(child) << child.error().sentence;
  EXPECT_EQ(child->wait({}).status, 128 + SIGXCPU);
}

TEST(PipedChild, IsAskedByItsInputAndAnswersByItsOutput) {
  auto child = PipedChild::start("/bin/sh", {"-c", "printf answer-to-; cat; exit 3"}, "question");
  ASSERT_TRUE(child) << child.error().sentence;
  std::string answer(std::string_view("answer-to-question").size(), ' ');
  EXPECT_TRUE(child->read(answer));
  EXPECT_EQ(answer, "answer-to-question");
  std::string more(1, ' ');
  EXPECT_FALSE(child->read(more));
  EXPECT_EQ(child->wait(), 3);
}

TEST(PipedChild, IsKilledWhenItsTimeIsOver) {
  auto child = PipedChild::start("/bin/sh", {"-c", "printf a; exec sleep 600"}, "",
                                 {.time = std::chrono::seconds(1)});
  ASSERT_TRUE(child) << child.error().sentence;
  std::string answer(2, ' ');
  EXPECT_FALSE(child->read(answer));
  EXPECT_TRUE(child->is_timed_out());
  EXPECT_EQ(child->wait(), 128 + SIGKILL);
}

// With nothing more to say it is still waited for, and no longer than it may take.
TEST(PipedChild, IsKilledWhenItsTimeIsOverThoughItHasSaidAll) {
  auto child = PipedChild::start("/bin/sh", {"-c", "printf a; exec >&-; exec sleep 600"}, "",
                                 {.time = std::chrono::seconds(1)});
  ASSERT_TRUE(child) << child.error().sentence;
  std::string answer(1, ' ');
  EXPECT_TRUE(child->read(answer));
  EXPECT_FALSE(child->is_timed_out());
  EXPECT_EQ(child->wait(), 128 + SIGKILL);
  EXPECT_TRUE(child->is_timed_out());
}

TEST(PipedChild, EndsWithItsOwner) {
  std::string id(10, ' ');
  {
    auto child = PipedChild::start("/bin/sh", {"-c", "printf %10d $$; exec sleep 600"}, "");
    ASSERT_TRUE(child) << child.error().sentence;
    ASSERT_TRUE(child->read(id));
    ASSERT_EQ(::kill(std::stoi(id), 0), 0);
  }
  EXPECT_EQ(::kill(std::stoi(id), 0), -1) << "it was killed, and waited for";
}

TEST(PipedChild, TakesNoMoreProcessorTimeThanItMay) {
  auto child = PipedChild::start("/bin/sh", {"-c", "while :; do :; done"}, "",
                                 {.cpu = std::chrono::seconds(1)});
  ASSERT_TRUE(child) << child.error().sentence;
  EXPECT_EQ(child->wait(), 128 + SIGXCPU);
  EXPECT_FALSE(child->is_timed_out());
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

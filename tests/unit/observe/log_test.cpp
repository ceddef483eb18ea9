#include "observe/log.h"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "datagram_socket.h"

namespace sluice::test {
namespace {

using observe::Log;
using observe::LogField;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::MatchesRegex;

// Keeps lines, or refuses them.
class Capture : public observe::LogTarget {
 public:
  struct Seen {
    std::vector<std::string> lines;
    bool full = false;
  };
  explicit Capture(Seen& seen) : seen_(seen) {}
  bool write(observe::LogSettings::Level, std::string_view line) override {
    if (seen_.full) return false;
    seen_.lines.emplace_back(line);
    return true;
  }

 private:
  Seen& seen_;
};

class LogTest : public testing::Test {
 protected:
  Capture::Seen seen;
  Log log{Log::Level::info, std::make_unique<Capture>(seen)};
};

TEST_F(LogTest, LineIsLevelEventAndFields) {
  log.info("batch-applied", {{"bureau", "park"}, {"sequence", 7}});
  EXPECT_THAT(seen.lines, ElementsAre("level=info event=batch-applied bureau=park sequence=7"));
}

TEST_F(LogTest, ValueThatWouldBreakALineIsQuoted) {
  log.warning("x", {{"a", "two words"},
                    {"b", ""},
                    {"c", "k=v"},
                    {"d", "say \"hi\""},
                    {"e", "line\nbreak\tand\x1b[2J"},
                    {"f", "back\\slash"},
                    {"g", "海淀"}});
  EXPECT_THAT(seen.lines, ElementsAre("level=warning event=x a=\"two words\" b=\"\" c=\"k=v\" "
                                      "d=\"say \\\"hi\\\"\" e=\"line\\nbreak\\tand\\x1b[2J\" "
                                      "f=\"back\\\\slash\" g=海淀"));
}

TEST_F(LogTest, LevelBelowTheOneAskedForIsNotWritten) {
  log.debug("x");
  EXPECT_THAT(seen.lines, ElementsAre());
  log.error("y");
  EXPECT_THAT(seen.lines, ElementsAre("level=error event=y"));
}

TEST_F(LogTest, DroppedLinesAreCountedAndTheCountIsLogged) {
  seen.full = true;
  log.info("lost");
  log.info("lost");
  seen.full = false;
  log.info("kept");
  log.info("kept");
  EXPECT_THAT(seen.lines, ElementsAre("level=warning event=log-lines-dropped count=2",
                                      "level=info event=kept", "level=info event=kept"));
}

TEST_F(LogTest, LongLineIsCutAndSaysSo) {
  log.info("x", {{"a", std::string(100'000, 'a')}});
  ASSERT_EQ(seen.lines.size(), 1);
  EXPECT_LT(seen.lines[0].size(), 4096);
  EXPECT_TRUE(seen.lines[0].ends_with(" cut=yes"));
}

TEST(LogToDescriptor, NeverWaitsForAPipeThatNobodyReads) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  const auto target = observe::to_descriptor(ends[1]);
  int written = 0;
  while (target->write(Log::Level::info, std::string(1000, 'x')) && written < 1'000'000)
    ++written;
  EXPECT_LT(written, 1'000'000);
  std::string line(1001, '\0');
  ASSERT_EQ(::read(ends[0], line.data(), line.size()), 1001);
  EXPECT_EQ(line, std::string(1000, 'x') + "\n");
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST(LogToSyslog, SendsADatagramWithPriorityTimeProgramAndProcess) {
  const DatagramSocket syslog;
  Log log(Log::Level::info, observe::to_syslog("sluiced", syslog.path()));
  log.warning("x", {{"a", 1}});
  EXPECT_THAT(syslog.receive(),
              MatchesRegex("<28>[A-Z][a-z][a-z] [ 0-9][0-9] [0-9:]+ sluiced\\[[0-9]+\\]: "
                           "level=warning event=x a=1"));
}

TEST(LogToSyslog, FindsASyslogThatWasRestarted) {
  DatagramSocket syslog;
  Log log(Log::Level::info, observe::to_syslog("sluiced", syslog.path()));
  log.info("before");
  syslog.restart();
  log.info("after");
  EXPECT_THAT(syslog.receive(), HasSubstr("event=after"));
}

TEST(LogToSyslog, NeverWaitsForASyslogThatIsNotThereOrDoesNotRead) {
  Log nowhere(Log::Level::info, observe::to_syslog("sluiced", "/nonexistent/log"));
  nowhere.info("x");
  const DatagramSocket stuck;
  Log log(Log::Level::info, observe::to_syslog("sluiced", stuck.path()));
  for (int i = 0; i < 10'000; ++i)
    log.info("x");
  while (!stuck.receive().empty()) {
  }
  log.info("y");
  EXPECT_THAT(stuck.receive(), HasSubstr("event=log-lines-dropped"));
  EXPECT_THAT(stuck.receive(), HasSubstr("event=y"));
}

}  // namespace
}  // namespace sluice::test

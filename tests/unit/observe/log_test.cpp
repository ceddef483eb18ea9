#include "observe/log.h"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "datagram_socket.h"

namespace sluice::test {
namespace {

using observe::Log;
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
  log.write<"link-restored">({{"bureau", "park"}, {"after", 7}});
  EXPECT_THAT(seen.lines, ElementsAre("level=info event=link-restored bureau=park after=7"));
}

TEST_F(LogTest, ValueThatWouldBreakALineIsQuoted) {
  const auto written = [](std::string_view value) {
    std::string line;
    observe::append_log_field(line, {"a", value});
    return line;
  };
  EXPECT_EQ(written("two words"), R"(a="two words")");
  EXPECT_EQ(written(""), R"(a="")");
  EXPECT_EQ(written("k=v"), R"(a="k=v")");
  EXPECT_EQ(written("say \"hi\""), R"(a="say \"hi\"")");
  EXPECT_EQ(written("line\nbreak\tand\x1b[2J"), R"(a="line\nbreak\tand\x1b[2J")");
  EXPECT_EQ(written("back\\slash"), R"(a="back\\slash")");
  EXPECT_EQ(written("海淀"), "a=海淀");
}

TEST_F(LogTest, LevelBelowTheOneAskedForIsNotWritten) {
  log.write<"tls-handshake-failed">({{"address", "10.1.1.6:443"}, {"error", "unexpected eof"}});
  EXPECT_THAT(seen.lines, ElementsAre());
  log.write<"connection-failed">();
  EXPECT_THAT(seen.lines, ElementsAre("level=error event=connection-failed"));
}

TEST_F(LogTest, EventOfTwoLevelsIsWrittenAtTheOneThatTheCallNames) {
  const auto imported = [&](Log::Level level, std::string_view reason) {
    log.write<"dropped-file-imported">(
        level, {{"bureau", "park"}, {"file", "a.csv"}, {"status", 4}, {"reason", reason}});
  };
  imported(Log::Level::warning, "line 2");
  EXPECT_THAT(seen.lines, ElementsAre("level=warning event=dropped-file-imported bureau=park "
                                      "file=a.csv status=4 reason=\"line 2\""));
}

TEST_F(LogTest, KeyThatAnEventNeedNotHaveMayBeLeftOut) {
  log.write<"dropped-file-imported">({{"bureau", "park"}, {"file", "a.csv"}, {"status", 0}});
  EXPECT_THAT(seen.lines, ElementsAre("level=info event=dropped-file-imported bureau=park "
                                      "file=a.csv status=0"));
}

TEST_F(LogTest, DroppedLinesAreCountedAndTheCountIsLogged) {
  seen.full = true;
  log.write<"stopping">();
  log.write<"stopping">();
  seen.full = false;
  log.write<"stopping">();
  log.write<"stopping">();
  EXPECT_THAT(seen.lines, ElementsAre("level=warning event=log-lines-dropped count=2",
                                      "level=info event=stopping", "level=info event=stopping"));
}

TEST_F(LogTest, LongLineIsCutAndSaysSo) {
  log.write<"jobs-go-on">({{"bureau", std::string(100'000, 'a')}});
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
  log.write<"accept-failed">({{"error", "EMFILE"}});
  EXPECT_THAT(syslog.receive(),
              MatchesRegex("<28>[A-Z][a-z][a-z] [ 0-9][0-9] [0-9:]+ sluiced\\[[0-9]+\\]: "
                           "level=warning event=accept-failed error=EMFILE"));
}

TEST(LogToSyslog, FindsASyslogThatWasRestarted) {
  DatagramSocket syslog;
  Log log(Log::Level::info, observe::to_syslog("sluiced", syslog.path()));
  log.write<"jobs-go-on">({{"bureau", "park"}});
  syslog.restart();
  log.write<"stopping">();
  EXPECT_THAT(syslog.receive(), HasSubstr("event=stopping"));
}

TEST(LogToSyslog, NeverWaitsForASyslogThatIsNotThereOrDoesNotRead) {
  Log nowhere(Log::Level::info, observe::to_syslog("sluiced", "/nonexistent/log"));
  nowhere.write<"stopping">();
  const DatagramSocket stuck;
  Log log(Log::Level::info, observe::to_syslog("sluiced", stuck.path()));
  for (int i = 0; i < 10'000; ++i)
    log.write<"stopping">();
  while (!stuck.receive().empty()) {
  }
  log.write<"stopping">();
  EXPECT_THAT(stuck.receive(), HasSubstr("event=log-lines-dropped"));
  EXPECT_THAT(stuck.receive(), HasSubstr("event=stopping"));
}

}  // namespace
}  // namespace sluice::test

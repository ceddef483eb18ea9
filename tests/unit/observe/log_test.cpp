#include "observe/log.h"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "told.h"

namespace sluice::test {
namespace {

using observe::Log;
using testing::ElementsAre;

class LogTest : public testing::Test {
 protected:
  Capture::Seen seen;
  Log log{Log::Level::info, std::make_unique<Capture>(seen)};
};

TEST_F(LogTest, LineIsLevelEventAndFields) {
  log.write<"link-restored">({{"bureau", "park"}, {"after", 7}});
  EXPECT_THAT(seen.lines, ElementsAre("level=notice event=link-restored bureau=park after=7"));
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
  EXPECT_THAT(seen.lines,
              ElementsAre("level=warning event=log-lines-dropped count=2",
                          "level=notice event=stopping", "level=notice event=stopping"));
}

}  // namespace
}  // namespace sluice::test

// What the log does with what happens again and again, with a clock that the test turns.
#include "observe/folding.h"

#include <atomic>
#include <chrono>
#include <future>
#include <optional>
#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "told.h"

namespace sluice::test {
namespace {

using namespace std::chrono_literals;
using observe::Folding;
using observe::Log;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class FoldingTest : public testing::Test {
 protected:
  void fail_to_page(std::string_view path = "/entry") {
    log->write<"page-failed">({{"path", path}, {"reason", "locked"}});
  }
  std::vector<std::string> told() { return std::exchange(seen.lines, {}); }

  Capture::Seen seen;
  Folding::Time now;
  std::optional<Log> log{std::in_place, Log::Level::debug, std::make_unique<Capture>(seen), 60s,
                         [this] { return now; }};
};

constexpr const char* first = "level=error event=page-failed path=/entry reason=locked";

TEST_F(FoldingTest, TheFirstIsToldAtOnceAndThoseBehindItAreCounted) {
  for (int i = 0; i < 240; ++i) {
    fail_to_page();
    now += 100ms;
  }
  EXPECT_THAT(told(), ElementsAre(first));
  now += 60s;
  log->write<"run-history-not-written">({{"reason", "full"}});
  EXPECT_THAT(told(), ElementsAre(std::string(first) + " repeated=239 within=84",
                                  "level=error event=run-history-not-written reason=full"));
}

TEST_F(FoldingTest, AStreamOfThemIsToldOnceAWindow) {
  for (int second = 0; second < 200; ++second) {
    fail_to_page();
    now += 1s;
  }
  EXPECT_THAT(told(), ElementsAre(first, std::string(first) + " repeated=59 within=60",
                                  std::string(first) + " repeated=60 within=60",
                                  std::string(first) + " repeated=60 within=60"));
}

TEST_F(FoldingTest, WhatHappensOnceAWindowIsToldEachTime) {
  for (int i = 0; i < 3; ++i) {
    fail_to_page();
    now += 60s;
  }
  EXPECT_THAT(told(), ElementsAre(first, first, first));
}

TEST_F(FoldingTest, AnotherValueIsAnotherEventUnlessItIsDeclaredToVary) {
  fail_to_page("/entry");
  fail_to_page("/people");
  EXPECT_THAT(told(), SizeIs(2));
  for (const std::string_view port : {"1", "2", "3"}) {
    log->write<"tls-handshake-failed">(
        {{"address", "10.1.1.6:" + std::string(port)}, {"error", "eof"}});
  }
  EXPECT_THAT(told(),
              ElementsAre("level=debug event=tls-handshake-failed address=10.1.1.6:1 error=eof"));
  log.reset();
  EXPECT_THAT(told(), ElementsAre("level=debug event=tls-handshake-failed address=10.1.1.6:3 "
                                  "error=eof repeated=2 within=0"));
}

TEST_F(FoldingTest, AnotherLevelIsAnotherEvent) {
  const auto differs = [&](Log::Level level) {
    log->write<"reconciliation-differs">(level, {{"bureau", "levy"},
                                                 {"dataset", "payment"},
                                                 {"missing", 1},
                                                 {"extra", 0},
                                                 {"different", 0},
                                                 {"repaired", "true"}});
  };
  differs(Log::Level::warning);
  differs(Log::Level::error);
  EXPECT_THAT(told(), SizeIs(2));
}

// A bureau whose link was restored and is lost again has had two outages.
TEST_F(FoldingTest, AChangeOfStateIsToldEachTimeAndWhatFollowsItIsNews) {
  constexpr const char* held = "level=warning event=batch-held-back bureau=park reason=away";
  constexpr const char* restored = "level=notice event=link-restored bureau=park after=1";
  for (int i = 0; i < 2; ++i) {
    log->write<"batch-held-back">({{"bureau", "park"}, {"reason", "away"}});
    log->write<"batch-held-back">({{"bureau", "park"}, {"reason", "away"}});
    log->write<"link-restored">({{"bureau", "park"}, {"after", 1}});
  }
  EXPECT_THAT(told(), ElementsAre(held, std::string(held) + " repeated=1 within=0", restored, held,
                                  std::string(held) + " repeated=1 within=0", restored));
}

TEST_F(FoldingTest, WhatIsNeitherAWarningNorWorseIsToldEachTimeUnlessItComesFromOutside) {
  for (int i = 0; i < 3; ++i) {
    log->write<"dropped-file-imported">({{"bureau", "park"}, {"file", "a.csv"}, {"status", 0}});
    log->write<"request-refused">(
        {{"reason", "not-found"}, {"status", 404}, {"subject", "CN=park"}, {"address", "a:1"}});
  }
  EXPECT_THAT(told(), SizeIs(3 + 1));
}

TEST_F(FoldingTest, WhatWasFoldedIsToldAtTheEnd) {
  fail_to_page();
  fail_to_page();
  now += 5s;
  log.reset();
  EXPECT_THAT(told(), ElementsAre(first, std::string(first) + " repeated=1 within=5"));
}

TEST_F(FoldingTest, WhatCouldNotBeToldIsNotFoldedAndItsCountIsTriedAgain) {
  seen.full = true;
  fail_to_page();
  seen.full = false;
  fail_to_page();
  EXPECT_THAT(told(), ElementsAre("level=warning event=log-lines-dropped count=1", first));
  fail_to_page();
  now += 61s;
  seen.full = true;
  log->write<"audit-log-signed">({{"line", 1}, {"digest", "d"}});
  seen.full = false;
  now += 1s;
  log->write<"audit-log-signed">({{"line", 2}, {"digest", "d"}});
  EXPECT_THAT(told(), ElementsAre("level=warning event=log-lines-dropped count=1",
                                  std::string(first) + " repeated=1 within=62",
                                  "level=info event=audit-log-signed line=2 digest=d"));
}

TEST_F(FoldingTest, KeepsNoMoreThanSoManyApartAndLosesNone) {
  for (std::size_t i = 0; i < Folding::most_windows + 1; ++i) {
    for (int time = 0; time < 2; ++time)
      fail_to_page("/" + std::to_string(i));
    now += 1ms;
  }
  const auto lines = told();
  ASSERT_THAT(lines, SizeIs(Folding::most_windows + 2));
  EXPECT_EQ(lines[Folding::most_windows], "level=error event=page-failed path=/256 reason=locked");
  EXPECT_EQ(lines[Folding::most_windows + 1],
            "level=error event=page-failed path=/0 reason=locked repeated=1 within=0");
  log.reset();
  EXPECT_THAT(told(), SizeIs(Folding::most_windows));
}

TEST_F(FoldingTest, AnEventThatIsTooLongToBeKeptIsToldEachTime) {
  const std::string path(10'000, 'a');
  fail_to_page(path);
  fail_to_page(path);
  EXPECT_THAT(told(), SizeIs(2));
}

TEST(FoldingInTime, ACountIsToldThoughNobodyCalls) {
  class Told : public observe::LogTarget {
   public:
    explicit Told(std::promise<std::string>& count) : count_(count) {}
    std::error_code write(const observe::LogEntry& entry) override {
      if (entry.line.contains("repeated=")) count_.set_value(entry.line);
      return {};
    }

   private:
    std::promise<std::string>& count_;
  };
  std::promise<std::string> count;
  std::atomic<std::chrono::seconds> now{0s};
  Log log(Log::Level::info, std::make_unique<Told>(count), 60s,
          [&now] { return Folding::Time(now.load()); });
  log.keep_time();
  log.write<"page-failed">({{"path", "/entry"}, {"reason", "locked"}});
  log.write<"page-failed">({{"path", "/entry"}, {"reason", "locked"}});
  now = 60s;
  EXPECT_EQ(count.get_future().get(), std::string(first) + " repeated=1 within=60");
}

}  // namespace
}  // namespace sluice::test

#include "trust/audit_log.h"

#include <algorithm>
#include <new>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "audit_directory.h"
#include "trust/audit_format.h"

namespace sluice::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Lt;
using testing::SizeIs;
using trust::AuditEvent;
using trust::AuditLog;

AuditEvent numbered(int number) {
  return {"publish-denied", {{"actor", "park"}, {"count", std::to_string(number)}}};
}

class AuditLogTest : public testing::Test {
 protected:
  void append(int from, int until) {
    AuditLog log = directory.open();
    for (int i = from; i < until; ++i)
      ASSERT_TRUE(log.append(numbered(i)).has_value());
  }

  AuditDirectory directory;
};

TEST_F(AuditLogTest, ChainVerifiesAcrossOpenings) {
  append(0, 3);
  append(3, 5);
  const auto report = directory.verify();
  EXPECT_FALSE(report.first_break);
  EXPECT_EQ(report.lines, 5);
  EXPECT_THAT(
      directory.lines()[0],
      HasSubstr(R"({"at":"2026-11-23T00:00:00.000Z","event":"publish-denied","actor":"park")"));
}

// Those that come while another one writes are written together, in a chain all the same.
TEST_F(AuditLogTest, LinesOfSeveralThreadsAreEachThereOnce) {
  constexpr int threads = 8;
  constexpr int lines_each = 25;
  {
    AuditLog log = directory.open();
    std::vector<std::jthread> writers;
    for (int thread = 0; thread < threads; ++thread) {
      writers.emplace_back([&log, thread] {
        for (int i = 0; i < lines_each; ++i)
          EXPECT_TRUE(log.append(numbered(thread * lines_each + i)).has_value());
      });
    }
  }
  EXPECT_FALSE(directory.verify().first_break);
  const auto lines = directory.lines();
  EXPECT_THAT(lines, SizeIs(threads * lines_each));
  for (int i = 0; i < threads * lines_each; ++i) {
    const std::string count = "\"count\":\"" + std::to_string(i) + "\"";
    EXPECT_EQ(
        std::ranges::count_if(lines, [&](const std::string& line) { return line.contains(count); }),
        1)
        << count;
  }
}

// Whoever waits for a line of another thread is told when that one is given up.
TEST_F(AuditLogTest, WhatOneThreadThrowsKeepsNoOtherWaiting) {
  bool is_first = true;
  auto log = AuditLog::open(directory.path(), [&] {
    if (std::exchange(is_first, false)) throw std::bad_alloc();
    return record::Time();
  });
  ASSERT_TRUE(log);
  EXPECT_THROW(static_cast<void>(log->append(numbered(1))), std::bad_alloc);
  EXPECT_TRUE(log->append(numbered(2)).has_value());
}

TEST_F(AuditLogTest, ChangedLineBreaksTheChainBehindIt) {
  append(0, 5);
  directory.tamper("UPDATE line SET text = replace(text, '\"2\"', '\"9\"') WHERE number = 3");
  const auto report = directory.verify();
  ASSERT_TRUE(report.first_break);
  EXPECT_EQ(report.first_break->line, 4);
}

TEST_F(AuditLogTest, LineTakenOutBreaksTheChain) {
  append(0, 5);
  directory.tamper("DELETE FROM line WHERE number = 3");
  ASSERT_TRUE(directory.verify().first_break);
  EXPECT_EQ(directory.verify().first_break->line, 3);
}

TEST_F(AuditLogTest, LineThatIsNoneOfOursBreaksTheChain) {
  append(0, 2);
  directory.tamper("INSERT INTO line (at, text) VALUES (0, 'hello')");
  append(2, 4);
  ASSERT_TRUE(directory.verify().first_break);
  EXPECT_EQ(directory.verify().first_break->line, 3);
}

TEST_F(AuditLogTest, LinesAreKeptFor184DaysAndTheRestStillVerifies) {
  append(0, 2);  // 23 November 2026
  directory.set_date(2027, 2, 1);
  append(2, 4);
  directory.set_date(2027, 5, 26);  // 184 days later
  append(4, 5);
  EXPECT_THAT(directory.lines(), SizeIs(5));
  directory.set_date(2027, 5, 27);
  append(5, 6);
  EXPECT_THAT(directory.lines(), SizeIs(4));
  EXPECT_THAT(directory.lines()[0], HasSubstr(R"("at":"2027-02-01T)"));
  EXPECT_EQ(directory.verify().lines, 4);
  EXPECT_FALSE(directory.verify().first_break);
}

TEST_F(AuditLogTest, AClockThatWasSetBackRemovesNothingOfTheChain) {
  directory.set_date(2027, 12, 1);
  append(0, 2);
  directory.set_date(2026, 11, 23);
  append(2, 4);
  directory.set_date(2027, 12, 2);
  append(4, 5);
  EXPECT_EQ(directory.verify().lines, 5);
  EXPECT_FALSE(directory.verify().first_break);
}

TEST_F(AuditLogTest, SeveralProcessesMakeOneChain) {
  constexpr int processes = 4;
  constexpr int each = 25;
  for (int i = 0; i < processes; ++i) {
    if (const pid_t child = ::fork(); child == 0) {
      AuditLog log = directory.open();
      bool done = true;
      for (int number = 0; number < each; ++number)
        done = log.append(numbered(number)) && done;
      ::_exit(done ? 0 : 1);
    }
  }
  for (int i = 0; i < processes; ++i) {
    int status = -1;
    ::wait(&status);
    EXPECT_EQ(status, 0);
  }
  EXPECT_EQ(directory.verify().lines, processes * each);
  EXPECT_FALSE(directory.verify().first_break);
}

TEST_F(AuditLogTest, TextFromOutsideStaysInItsLine) {
  AuditLog log = directory.open();
  ASSERT_TRUE(log.append({"certificate-refused", {{"actor", "CN=a\"\n\xff\xfe{}"}}}).has_value());
  ASSERT_TRUE(
      log.append({"certificate-refused", {{"actor", std::string(100'000, 'x')}}}).has_value());
  EXPECT_THAT(directory.lines(), ElementsAre(SizeIs(Lt(1000U)), SizeIs(Lt(5000U))));
  EXPECT_FALSE(directory.verify().first_break);
}

TEST_F(AuditLogTest, SaysWhereItCanNotWrite) {
  const auto log =
      AuditLog::open(directory.root() / "missing" / "audit", [] { return record::Time{}; });
  ASSERT_FALSE(log.has_value());
  EXPECT_THAT(to_string(log.error()), HasSubstr("missing/audit"));
}

// As tests/fixtures/0.1.0 has it.
TEST_F(AuditLogTest, OfAFileWithoutANumberEveryLineStaysAndItGetsOne) {
  append(0, 3);
  directory.tamper("PRAGMA user_version=0");
  EXPECT_THAT(directory.lines(), SizeIs(3)) << "who only reads needs no number";
  append(3, 4);
  EXPECT_EQ(directory.verify().lines, 4U);
  EXPECT_FALSE(directory.verify().first_break);
  EXPECT_EQ(directory.format(), trust::newest_audit_format);
}

TEST_F(AuditLogTest, OfALaterVersionIsNeitherWrittenNorRead) {
  append(0, 3);
  directory.tamper("PRAGMA user_version=99");
  const auto opened = AuditLog::open(directory.path(), [] { return record::Time{}; });
  ASSERT_FALSE(opened.has_value());
  EXPECT_THAT(to_string(opened.error()),
              AllOf(HasSubstr("audit.sqlite: it is of format 99"), HasSubstr("run that version")));
  EXPECT_THAT(directory.lines(), ElementsAre(HasSubstr("it is of format 99")));
  EXPECT_EQ(directory.format(), 99);
}

TEST_F(AuditLogTest, ALogThatIsNotThereIsSaidAndNotMade) {
  const auto report = trust::verify_audit_log(directory.path());
  ASSERT_FALSE(report.has_value());
  EXPECT_THAT(to_string(report.error()), HasSubstr("there is no such file"));
  EXPECT_FALSE(std::filesystem::exists(directory.path()));
}

}  // namespace
}  // namespace sluice::test

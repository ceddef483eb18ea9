#include "trust/audit_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "audit_directory.h"

namespace sluice::test {
namespace {

using testing::HasSubstr;
using testing::SizeIs;
using trust::AuditEvent;
using trust::AuditLog;

AuditEvent numbered(int number) {
  return {"publish-denied", {{"actor", "park"}, {"number", std::to_string(number)}}};
}

class AuditLogTest : public testing::Test {
 protected:
  void append(int from, int until) {
    AuditLog log = directory.open();
    for (int i = from; i < until; ++i)
      ASSERT_TRUE(log.append(numbered(i)).has_value());
  }
  void change(const std::string& what, const std::string& into) {
    std::string bytes = directory.bytes("2026-11");
    bytes.replace(bytes.find(what), what.size(), into);
    directory.write("2026-11", bytes);
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
      directory.lines("2026-11")[0],
      HasSubstr(R"({"at":"2026-11-23T00:00:00.000Z","event":"publish-denied","actor":"park")"));
}

TEST_F(AuditLogTest, ChangedLineBreaksTheChainBehindIt) {
  append(0, 5);
  change(R"("number":"2")", R"("number":"9")");
  const auto report = directory.verify();
  ASSERT_TRUE(report.first_break);
  EXPECT_EQ(report.first_break->line, 4);
}

TEST_F(AuditLogTest, LineTakenOutBreaksTheChain) {
  append(0, 5);
  const std::string third = directory.lines("2026-11")[2] + "\n";
  change(third, "");
  ASSERT_TRUE(directory.verify().first_break);
  EXPECT_EQ(directory.verify().first_break->line, 3);
}

TEST_F(AuditLogTest, LineThatIsNoneOfOursBreaksTheChain) {
  append(0, 2);
  directory.append("2026-11", "hello\n");
  append(2, 4);
  ASSERT_TRUE(directory.verify().first_break);
  EXPECT_EQ(directory.verify().first_break->line, 3);
}

TEST_F(AuditLogTest, LineThatACrashToreIsSealedAndNoBreak) {
  append(0, 3);
  std::string bytes = directory.bytes("2026-11");
  bytes.resize(bytes.size() - 40);
  directory.write("2026-11", bytes);
  EXPECT_EQ(directory.verify().torn_lines, 1);
  EXPECT_FALSE(directory.verify().first_break);

  append(3, 5);
  const auto report = directory.verify();
  EXPECT_FALSE(report.first_break) << report.first_break->sentence;
  EXPECT_EQ(report.torn_lines, 1);
  EXPECT_EQ(report.lines, 5);  // two whole ones, the seal, two more
  EXPECT_THAT(directory.lines("2026-11")[3], HasSubstr(R"("event":"audit-line-torn")"));
}

TEST_F(AuditLogTest, TornFirstLineIsSealedToo) {
  append(0, 1);
  directory.write("2026-11", directory.bytes("2026-11").substr(0, 20));
  append(1, 2);
  EXPECT_FALSE(directory.verify().first_break);
  EXPECT_EQ(directory.verify().torn_lines, 1);
}

TEST_F(AuditLogTest, LineThatLostOnlyItsNewlineIsWhole) {
  append(0, 3);
  std::string bytes = directory.bytes("2026-11");
  bytes.pop_back();
  directory.write("2026-11", bytes);
  append(3, 4);
  const auto report = directory.verify();
  EXPECT_FALSE(report.first_break);
  EXPECT_EQ(report.torn_lines, 0);
  EXPECT_EQ(report.lines, 4);
}

TEST_F(AuditLogTest, SealDoesNotExcuseALineThatWasChanged) {
  append(0, 3);
  std::string bytes = directory.bytes("2026-11");
  bytes.resize(bytes.size() - 40);
  directory.write("2026-11", bytes);
  append(3, 4);
  change(R"("number":"0")", R"("number":"9")");
  EXPECT_TRUE(directory.verify().first_break);
}

TEST_F(AuditLogTest, ChainGoesOnInTheNextMonthsFile) {
  append(0, 2);
  directory.set_date(2026, 12, 1);
  append(2, 4);
  EXPECT_THAT(directory.lines("2026-12"), SizeIs(2));
  EXPECT_EQ(directory.verify().lines, 4);
  EXPECT_FALSE(directory.verify().first_break);
  directory.write("2026-11", directory.lines("2026-11")[0] + "\n");
  ASSERT_TRUE(directory.verify().first_break);
  EXPECT_EQ(directory.verify().first_break->file, directory.file("2026-12"));
}

TEST_F(AuditLogTest, ClockSetBackDoesNotGoBackToAnEarlierFile) {
  directory.set_date(2026, 12, 1);
  append(0, 1);
  directory.set_date(2026, 11, 30);
  append(1, 2);
  EXPECT_THAT(directory.lines("2026-12"), SizeIs(2));
  EXPECT_FALSE(std::filesystem::exists(directory.file("2026-11")));
}

TEST_F(AuditLogTest, MonthsAreKeptFor184DaysAndTheRestStillVerifies) {
  append(0, 2);  // November 2026
  directory.set_date(2027, 2, 1);
  append(2, 4);
  directory.set_date(2027, 6, 1);  // 183 days after 30 November
  append(4, 6);
  EXPECT_TRUE(std::filesystem::exists(directory.file("2026-11")));
  directory.set_date(2027, 7, 1);
  append(6, 8);
  EXPECT_FALSE(std::filesystem::exists(directory.file("2026-11")));
  EXPECT_TRUE(std::filesystem::exists(directory.file("2027-02")));
  EXPECT_EQ(directory.verify().lines, 6);
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
  EXPECT_THAT(directory.lines("2026-11"), SizeIs(2));
  EXPECT_LT(directory.bytes("2026-11").size(), 6000);
  EXPECT_FALSE(directory.verify().first_break);
}

TEST_F(AuditLogTest, SaysWhereItCanNotWrite) {
  const auto log =
      AuditLog::open(directory.root() / "missing" / "audit", [] { return record::Time{}; });
  ASSERT_FALSE(log.has_value());
  EXPECT_THAT(to_string(log.error()), HasSubstr("missing/audit"));
}

}  // namespace
}  // namespace sluice::test

// What people hand in is read by a process that holds no key: what it is kept from, and what is
// told of one that comes to no answer.
#include "jobs/confined_csv.h"

#include <fstream>
#include <string>
#include <vector>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "files/confinement.h"
#include "files/file_descriptor.h"
#include "support/temporary_directory.h"

namespace sluice::jobs::test {
namespace {

namespace disk = adapters::disk;
using adapters::CollectionProblem;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr disk::TableQuestion sheet_question{
    .bytes = "title\n\xB4\xF3\xBA\xA3\n", .format = {}, .most_rows = 5};

disk::TableQuestion chinese_sheet() {
  disk::TableQuestion asked = sheet_question;
  asked.format.encoding = disk::Encoding::gb18030;
  return asked;
}

class ConfinedCsvTest : public testing::Test {
 protected:
  // Whose process is this script.
  ConfinedCsv parser_of(const std::string& script, const runs::ChildLimits& limits = {}) {
    const auto program = directory_ / "reader";
    std::ofstream(program) << "#!/bin/sh\n" << script << "\n";
    std::filesystem::permissions(program, std::filesystem::perms::owner_all);
    return ConfinedCsv(
        program, [this](const std::string& reason) { told_.push_back(reason); }, limits);
  }
  // Why nothing came of it, which is told as an event, too.
  std::string failure_with(const std::string& script, const runs::ChildLimits& limits = {}) {
    told_.clear();
    const auto read = parser_of(script, limits).table(sheet_question);
    EXPECT_FALSE(read);
    if (read) return {};
    EXPECT_EQ(read.error().code, CollectionProblem::unreadable);
    const std::string& sentence = read.error().sentence;
    EXPECT_THAT(sentence, testing::EndsWith("; nothing of it was taken"));
    EXPECT_THAT(told_, ElementsAre(sentence.substr(0, sentence.rfind(';'))));
    return read.error().sentence;
  }

  record::test::TemporaryDirectory directory_;
  std::vector<std::string> told_;
};

TEST_F(ConfinedCsvTest, ReadsASheetAndARowInAProcessOfTheCommand) {
  const ConfinedCsv parser(SLUICE_COMMAND, [this](const auto& reason) { told_.push_back(reason); });
  const auto table = parser.table(chinese_sheet());
  ASSERT_TRUE(table) << record::to_string(table.error());
  EXPECT_THAT(table->columns, ElementsAre("title"));
  ASSERT_EQ(table->rows.size(), 1U);
  EXPECT_THAT(table->rows[0].cells, ElementsAre("大海"));
  const auto row =
      parser.row({.bytes = "1,\"a,b\"", .format = {}, .columns = 2, .max_row_bytes = 100});
  ASSERT_TRUE(row) << record::to_string(row.error());
  EXPECT_THAT(row->values, ElementsAre("1", "a,b"));
  const auto refused = parser.table({.bytes = "a\n1\n2\n", .format = {}, .most_rows = 1});
  ASSERT_FALSE(refused) << "what is wrong with a sheet is told as without another process";
  EXPECT_EQ(refused.error().code, CollectionProblem::too_large);
  EXPECT_THAT(told_, IsEmpty());
}

TEST_F(ConfinedCsvTest, ThatCrashesCostsTheSheetAndNothingElse) {
  EXPECT_THAT(failure_with("kill -SEGV $$"),
              AllOf(HasSubstr("signal 11"), HasSubstr("do not hand it in again")));
  EXPECT_THAT(failure_with("exit 3"), HasSubstr("status 3"));
  ConfinedCsv missing(directory_ / "no-such-program");
  EXPECT_THAT(missing.table(sheet_question).error().sentence, HasSubstr("can not be started"));
}

TEST_F(ConfinedCsvTest, ThatPassesItsLimitsIsEndedAndTheLimitIsNamed) {
  EXPECT_THAT(failure_with("while :; do :; done", {.cpu = std::chrono::seconds(1)}),
              HasSubstr("more than 1 s of processor time"));
  EXPECT_THAT(failure_with("exec sleep 600", {.time = std::chrono::seconds(1)}),
              HasSubstr("more than 1 s"));
  EXPECT_THAT(failure_with("exec >&-; exec sleep 600", {.time = std::chrono::seconds(1)}),
              HasSubstr("more than 1 s"))
      << "it has nothing more to say, and stays";
}

TEST_F(ConfinedCsvTest, ThatSaysWhatWasNotAskedIsNotBelieved) {
  EXPECT_THAT(failure_with("printf '\\003\\000\\000\\000\\000\\000\\000\\000abc'"),
              HasSubstr("something else than what it was asked"));
  EXPECT_THAT(failure_with("printf '\\377\\377\\377\\377\\377\\377\\377\\377'"),
              HasSubstr("too much at once"));
  EXPECT_THAT(failure_with("printf '\\377\\000'"), HasSubstr("without a word"));
}

// What it found wrong with itself is no fault of the sheet.
TEST_F(ConfinedCsvTest, ThatHasFailedByItselfIsToldAsOneThatCameToNoAnswer) {
  const auto saying = [&](CollectionProblem code, const std::string& sentence) {
    const auto frame = directory_ / "frame";
    std::ofstream(frame, std::ios::binary)
        << disk::to_frame(disk::CsvAnswer(adapters::CollectionFailure{code, "", sentence}));
    return "cat " + frame.string();
  };
  EXPECT_THAT(failure_with(saying(CollectionProblem::unreadable, "it takes too much memory")),
              HasSubstr("it takes too much memory"));
  told_.clear();
  const auto refused = parser_of(saying(CollectionProblem::too_large, "it has too many columns"))
                           .row({.bytes = "1", .format = {}, .columns = 1, .max_row_bytes = 100});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, CollectionProblem::too_large);
  EXPECT_THAT(told_, IsEmpty()) << "of a row, and told as without another process";
}

TEST_F(ConfinedCsvTest, WhatItSaysBesideItsAnswerIsHeardByNobody) {
  testing::internal::CaptureStderr();
  failure_with("echo 'all is well' >&2; exit 3");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

// A bit for each thing that is not as it should be.
int found_by_reader(const std::filesystem::path& directory, int question) {
  constexpr int without_landlock = 77;
  const pid_t child = ::fork();
  if (child == 0) {
    const files::FileDescriptor answer(
        ::open((directory / "answer").c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
    int faults = answer_csv(question, answer.get()) ? 0 : 1;
    const bool reads_key = ::open((directory / "node.key").c_str(), O_RDONLY | O_CLOEXEC) >= 0;
    const bool writes =
        ::open((directory / "new").c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600) >= 0;
    if (reads_key && writes && !files::confine({})) ::_exit(without_landlock);
    if (reads_key) faults |= 2;
    if (writes) faults |= 4;
    ::_exit(faults);
  }
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status));
  if (WEXITSTATUS(status) == without_landlock) return -1;
  return WEXITSTATUS(status);
}

TEST_F(ConfinedCsvTest, HasGivenUpTheKeyAndEveryOtherFileBeforeItReads) {
  std::ofstream(directory_ / "node.key") << "secret\n";
  std::ofstream(directory_ / "question", std::ios::binary)
      << disk::to_frame(disk::CsvQuestion(chinese_sheet()));
  const files::FileDescriptor question(
      ::open((directory_ / "question").c_str(), O_RDONLY | O_CLOEXEC));
  const int found = found_by_reader(directory_.path(), question.get());
  if (found < 0) GTEST_SKIP() << "this kernel has no Landlock";
  EXPECT_EQ(found, 0);
  EXPECT_GT(std::filesystem::file_size(directory_ / "answer"), 0U);
}

TEST_F(ConfinedCsvTest, IsNoCommandForPeople) {
  const files::FileDescriptor nothing(::open("/dev/null", O_RDWR | O_CLOEXEC));
  const pid_t child = ::fork();
  if (child == 0) ::_exit(answer_csv(nothing.get(), nothing.get()) ? 0 : 1);
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(WEXITSTATUS(status), 1);
}

}  // namespace
}  // namespace sluice::jobs::test

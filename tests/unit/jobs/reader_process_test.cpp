#include "jobs/reader_process.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temporary_directory.h"

namespace sluice::jobs::test {
namespace {

using adapters::CollectionProblem;
using testing::AllOf;
using testing::HasSubstr;

class NoProgress : public adapters::Progress {
 public:
  void advanced(std::uint64_t, std::uint64_t, std::uint64_t) override {}
};

class CountingSink : public intake::BatchSink {
 public:
  [[nodiscard]] intake::Result<void> put(intake::ConvertedBatch) override {
    ++batches;
    return {};
  }
  [[nodiscard]] intake::Result<record::Sequence> finish() override { return record::Sequence{1}; }
  int batches = 0;
};

class ReaderProcessTest : public testing::Test {
 protected:
  // What becomes of a file whose reader is this script.
  adapters::CollectionFailure failure_with(const std::string& script) {
    const auto program = directory_ / "reader";
    std::ofstream(program) << "#!/bin/sh\n" << script << "\n";
    std::filesystem::permissions(program, std::filesystem::perms::owner_all);
    NoProgress progress;
    const auto read = read_in_child({program, directory_.path()}, reading_, sink_, progress);
    EXPECT_FALSE(read);
    return read ? adapters::CollectionFailure{} : read.error();
  }

  record::test::TemporaryDirectory directory_;
  FileReading reading_{.bureau = record::BureauId("park"),
                       .dataset = record::DatasetId("register"),
                       .file = "/media/register.csv",
                       .source = "register.csv",
                       .digest = {},
                       .taken = {},
                       .recent = {}};
  CountingSink sink_;
};

TEST_F(ReaderProcessTest, ThatUsedUpItsProcessorTimeMakesTheFileARefusedOneAndNamesTheSetting) {
  const auto failure = failure_with("kill -XCPU $$");
  EXPECT_EQ(failure.code, CollectionProblem::too_large);
  EXPECT_EQ(failure.place, "/media/register.csv");
  EXPECT_THAT(failure.sentence,
              AllOf(HasSubstr("processor time"), HasSubstr("channels.disk.cpu_limit")));
}

TEST_F(ReaderProcessTest, ThatCrashesMakesTheFileARefusedOne) {
  const auto failure = failure_with("kill -SEGV $$");
  EXPECT_EQ(failure.code, CollectionProblem::bad_syntax);
  EXPECT_THAT(failure.sentence, HasSubstr("signal 11"));
}

TEST_F(ReaderProcessTest, ThatWasKilledLeavesTheFileToBeReadAgain) {
  EXPECT_EQ(failure_with("kill -KILL $$").code, CollectionProblem::unreadable);
  EXPECT_EQ(failure_with("exit 2").code, CollectionProblem::unreadable);
}

TEST_F(ReaderProcessTest, ThatSaysWhatIsNoFrameIsNotBelieved) {
  EXPECT_EQ(failure_with("printf '\\003\\000\\000\\000\\000\\000\\000\\000abc'").code,
            CollectionProblem::bad_syntax);
  EXPECT_THAT(failure_with("printf '\\377\\377\\377\\377\\377\\377\\377\\377'").sentence,
              HasSubstr("too much at once"));
  EXPECT_EQ(sink_.batches, 0);
}

TEST(FileReading, IsAskedForAsItWasMeant) {
  const FileReading asked{
      .bureau = record::BureauId("park"),
      .dataset = record::DatasetId("register"),
      .file = "/media/注册 \"1\".csv",
      .source = "1/注册 \"1\".csv",
      .digest = {record::sha256("bytes"), {1, 2, 1'000'000'000'000, -5}, 7},
      .taken = {.rows = 3, .accepted = 3, .read = record::RowDigest{1, 2}},
      .recent = {{std::chrono::sys_time<std::chrono::minutes>(std::chrono::minutes(29'000'000)),
                  {10, 1}}}};
  const auto heard = parse_question(to_question(asked));
  ASSERT_TRUE(heard) << heard.error().sentence;
  EXPECT_EQ(heard->bureau, asked.bureau);
  EXPECT_EQ(heard->dataset, asked.dataset);
  EXPECT_EQ(heard->file, asked.file);
  EXPECT_EQ(heard->source, asked.source);
  EXPECT_EQ(heard->digest.digest, asked.digest.digest);
  EXPECT_EQ(heard->digest.stamp, asked.digest.stamp);
  EXPECT_EQ(heard->digest.lines, asked.digest.lines);
  EXPECT_EQ(heard->taken, asked.taken);
  EXPECT_EQ(heard->recent, asked.recent);
  for (const char* wrong : {"", "{}", "[1]", R"({"digest": 1})", "nothing"})
    EXPECT_FALSE(parse_question(wrong)) << wrong;
}

}  // namespace
}  // namespace sluice::jobs::test

// What becomes of what lies in a drop folder: of a file whose import is cut off, by what it cost or
// by the time, of one that is refused or passed over; and of a folder that is not there yet.
#include "runs/drop_folder_watch.h"

#include <chrono>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <thread>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "support/temporary_directory.h"

namespace sluice::runs::test {
namespace {

using testing::HasSubstr;

// What is written to the standard error, readable while it is.
class ErrorsInFile {
 public:
  explicit ErrorsInFile(std::filesystem::path file) : file_(std::move(file)), own_(::dup(2)) {
    const int to = ::open(file_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    ::dup2(to, 2);
    ::close(to);
  }
  ErrorsInFile(const ErrorsInFile&) = delete;
  ErrorsInFile& operator=(const ErrorsInFile&) = delete;
  ~ErrorsInFile() {
    ::dup2(own_, 2);
    ::close(own_);
  }
  [[nodiscard]] std::size_t count(const std::string& text) const {
    std::ifstream stream(file_);
    const std::string all{std::istreambuf_iterator<char>(stream), {}};
    std::size_t count = 0;
    for (auto at = all.find(text); at != std::string::npos; at = all.find(text, at + 1))
      ++count;
    return count;
  }

 private:
  std::filesystem::path file_;
  int own_;
};

class DropFolderWatchTest : public testing::Test {
 protected:
  DropFolderWatchTest() { make_folder(); }

  void make_folder() { std::filesystem::create_directory(directory_ / "drop"); }

  // In place of `sluice`: a line in `runs` each time, then this.
  std::unique_ptr<DropFolderWatch> watch_with(const std::string& script, const ChildLimits& limits,
                                              const std::string& bureau = "park") {
    const auto command = directory_ / "sluice";
    std::ofstream(command) << "#!/bin/sh\necho run >>\"$2/runs\"\n" << script << "\n";
    std::filesystem::permissions(command, std::filesystem::perms::owner_all);
    return std::make_unique<DropFolderWatch>(
        DropFolderWatch::Watched{.bureau = record::BureauId(bureau),
                                 .folder = directory_ / "drop",
                                 .datasets = {record::DatasetId("register")},
                                 .limits = limits,
                                 .settle = std::chrono::milliseconds(1)},
        HoldBack(), DropFolderWatch::Surroundings{command, directory_.path(), *log_, turns_});
  }
  void drop(const std::string& name = "register.csv") {
    std::ofstream(directory_ / ("drop/." + name)) << "number\nA1\n";
    std::filesystem::rename(directory_ / ("drop/." + name), directory_ / ("drop/" + name));
  }
  [[nodiscard]] std::string text_of(const std::string& name) const {
    std::ifstream file(directory_ / "drop" / name);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  [[nodiscard]] bool is_there(const std::string& name) const {
    return std::filesystem::exists(directory_ / "drop" / name);
  }
  [[nodiscard]] std::size_t runs() const {
    std::ifstream file(directory_ / "runs");
    std::size_t lines = 0;
    for (std::string line; std::getline(file, line);)
      ++lines;
    return lines;
  }
  template <class Condition>
  static bool comes(Condition condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    while (!condition()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return true;
  }

  record::test::TemporaryDirectory directory_;
  std::unique_ptr<observe::Log> log_ = observe::open_log({}, "test");
  FolderTurns turns_;
};

// It would use them up each time anew.
TEST_F(DropFolderWatchTest, AFileThatUsesUpTheProcessorTimeOfItsImportGoesToFailed) {
  testing::internal::CaptureStderr();
  auto watch = watch_with("while :; do :; done", {.cpu = std::chrono::seconds(1)});
  drop();
  EXPECT_TRUE(comes([&] { return is_there("failed/register.csv"); }));
  watch.reset();
  EXPECT_EQ(runs(), 1U);
  log_.reset();
  const std::string logged = testing::internal::GetCapturedStderr();
  EXPECT_THAT(logged, HasSubstr("import-cut-off"));
  EXPECT_THAT(logged, HasSubstr("channels.disk.cpu_limit (1 s)"));
}

TEST_F(DropFolderWatchTest, AFileWhoseImportTakesTooLongStaysAndIsTriedAgain) {
  // Enough for the second run, however long a busy machine takes to start it.
  auto watch = watch_with("[ -e \"$2/second\" ] || { : >\"$2/second\"; exec sleep 600; }",
                          {.time = std::chrono::seconds(5)});
  drop();
  EXPECT_TRUE(comes([&] { return is_there("done/register.csv"); }));
  watch.reset();
  EXPECT_EQ(runs(), 2U);
  EXPECT_FALSE(is_there("failed/register.csv"));
}

TEST_F(DropFolderWatchTest, AFolderThatAppearsLaterIsWatchedFromThenOnAndToldOnceEach) {
  const ErrorsInFile errors(directory_ / "errors");
  std::filesystem::remove(directory_ / "drop");
  auto watch = watch_with("exit 0", {});
  EXPECT_TRUE(comes([&] { return errors.count("event=drop-folder-not-watched") > 0; }));
  std::this_thread::sleep_for(std::chrono::milliseconds(1200));  // a look or two more
  make_folder();
  drop();
  EXPECT_TRUE(comes([&] { return is_there("done/register.csv"); }));
  watch.reset();
  log_.reset();
  EXPECT_EQ(errors.count("event=drop-folder-not-watched"), 1U);
  EXPECT_EQ(errors.count("event=drop-folder-watched"), 1U);
}

TEST_F(DropFolderWatchTest, AFolderThatGoesAndComesBackIsWatchedAgain) {
  const ErrorsInFile errors(directory_ / "errors");
  auto watch = watch_with("exit 0", {});
  std::filesystem::rename(directory_ / "drop", directory_ / "away");
  EXPECT_TRUE(comes([&] { return errors.count("event=drop-folder-not-watched") > 0; }));
  make_folder();
  drop();
  EXPECT_TRUE(comes([&] { return is_there("done/register.csv"); }));
  watch.reset();
  log_.reset();
}

TEST_F(DropFolderWatchTest, AFileInFailedHasItsReasonBesideIt) {
  auto watch = watch_with("echo 'sluice: register.csv:3: found no name' >&2; exit 4", {});
  drop();
  drop("unheard-of.csv");
  EXPECT_TRUE(comes([&] {
    return is_there("failed/register.csv.reason.txt") &&
           is_there("failed/unheard-of.csv.reason.txt");
  }));
  watch.reset();
  EXPECT_EQ(text_of("failed/register.csv.reason.txt"), "register.csv:3: found no name\n");
  EXPECT_THAT(text_of("failed/unheard-of.csv.reason.txt"),
              testing::AllOf(HasSubstr("none of the datasets"), HasSubstr("register")));
}

TEST_F(DropFolderWatchTest, AFileWhoseReasonCanNotBeWrittenIsToldAsMovedAndTheReasonWithIt) {
  const ErrorsInFile errors(directory_ / "errors");
  std::filesystem::create_directories(directory_ / "drop/failed/register.csv.reason.txt");
  auto watch = watch_with("echo 'sluice: register.csv:3: found no name' >&2; exit 4", {});
  drop();
  EXPECT_TRUE(comes([&] { return errors.count("event=dropped-file-not-moved") > 0; }));
  watch.reset();
  log_.reset();
  EXPECT_TRUE(is_there("failed/register.csv"));
  EXPECT_EQ(
      errors.count("the file was moved to " + (directory_ / "drop/failed/register.csv;").string()),
      1U);
  EXPECT_EQ(errors.count("it failed for: register.csv:3: found no name"), 1U);
}

TEST_F(DropFolderWatchTest, AFileThatWasTakenHasNoReasonBesideIt) {
  auto watch = watch_with("echo 'sluice: passed over' >&2; exit 0", {});
  drop();
  EXPECT_TRUE(comes([&] { return is_there("done/register.csv"); }));
  watch.reset();
  EXPECT_FALSE(is_there("done/register.csv.reason.txt"));
}

TEST_F(DropFolderWatchTest, WhatIsPassedOverIsTold) {
  testing::internal::CaptureStderr();
  auto watch = watch_with("exit 0", {});
  drop("register.xlsx");
  drop();
  EXPECT_TRUE(comes([&] { return is_there("done/register.csv"); }));
  drop("register-2.csv");
  EXPECT_TRUE(comes([&] { return is_there("done/register-2.csv"); }));
  watch.reset();
  log_.reset();
  EXPECT_THAT(testing::internal::GetCapturedStderr(),
              HasSubstr("event=dropped-file-passed-over bureau=park file=register.xlsx"));
}

TEST_F(DropFolderWatchTest, AnImportThatRunsGoesOnWhenWhatIsWatchedChanges) {
  auto watch = watch_with("while [ ! -e \"$2/released\" ]; do sleep 0.02; done", {});
  drop();
  ASSERT_TRUE(comes([&] { return runs() == 1; }));
  std::filesystem::create_directory(directory_ / "other");
  EXPECT_TRUE(watch->change({.bureau = record::BureauId("park"),
                             .folder = directory_ / "other",
                             .datasets = {record::DatasetId("register")}}));
  std::ofstream(directory_ / "released");
  EXPECT_TRUE(comes([&] { return is_there("done/register.csv"); }));
  std::ofstream(directory_ / ".register.csv") << "number\nA1\n";
  std::filesystem::rename(directory_ / ".register.csv", directory_ / "other/register.csv");
  EXPECT_TRUE(comes([&] { return is_there("../other/done/register.csv"); }));
  EXPECT_EQ(runs(), 2U);
}

TEST_F(DropFolderWatchTest, OneThatIsToEndLetsItsImportEndAndLoadsNothingMore) {
  auto watch = watch_with("while [ ! -e \"$2/released\" ]; do sleep 0.02; done", {});
  drop();
  ASSERT_TRUE(comes([&] { return runs() == 1; }));
  watch->let_end();
  std::ofstream(directory_ / "released");
  EXPECT_TRUE(comes([&] { return is_there("done/register.csv"); }));
  const auto has_ended = [&] {
    return !watch->change({.bureau = record::BureauId("park"), .folder = directory_ / "drop"});
  };
  EXPECT_TRUE(comes([&] {
    const bool ended = has_ended();
    if (!ended) watch->let_end();
    return ended;
  }));
  EXPECT_EQ(runs(), 1U);
}

TEST_F(DropFolderWatchTest, AFolderThatIsAnothersNowIsLeftAloneUntilTheImportOutOfItHasEnded) {
  const ErrorsInFile errors(directory_ / "errors");
  const std::string script = "while [ ! -e \"$2/released\" ]; do sleep 0.02; done";
  auto before = watch_with(script, {}, "park");
  drop();
  ASSERT_TRUE(comes([&] { return runs() == 1; }));
  before->let_end();
  auto now = watch_with(script, {}, "parks");
  EXPECT_TRUE(comes([&] { return errors.count("the import of park has not ended") > 0; }));
  EXPECT_EQ(runs(), 1U) << "the same file is imported twice";
  std::ofstream(directory_ / "released");
  EXPECT_TRUE(comes([&] { return is_there("done/register.csv"); }));
  EXPECT_TRUE(comes([&] { return errors.count("event=drop-folder-goes-on bureau=parks") > 0; }));
  drop("register-2.csv");
  EXPECT_TRUE(comes([&] { return is_there("done/register-2.csv"); }));
  now.reset();
  before.reset();
  log_.reset();
  EXPECT_EQ(runs(), 2U);
  EXPECT_EQ(errors.count("event=dropped-file-imported bureau=park file=register.csv"), 1U);
  EXPECT_EQ(errors.count("event=dropped-file-imported bureau=parks file=register-2.csv"), 1U);
}

}  // namespace
}  // namespace sluice::runs::test

// What becomes of a dropped file whose import is cut off: by what it cost, or by the time.
#include "runs/drop_folder_watch.h"

#include <chrono>
#include <fstream>
#include <memory>
#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temporary_directory.h"

namespace sluice::runs::test {
namespace {

using testing::HasSubstr;

class DropFolderWatchTest : public testing::Test {
 protected:
  DropFolderWatchTest() { std::filesystem::create_directory(directory_ / "drop"); }

  // In place of `sluice`: a line in `runs` each time, then this.
  std::unique_ptr<DropFolderWatch> watch_with(const std::string& script,
                                              const ChildLimits& limits) {
    const auto command = directory_ / "sluice";
    std::ofstream(command) << "#!/bin/sh\necho run >>\"$2/runs\"\n" << script << "\n";
    std::filesystem::permissions(command, std::filesystem::perms::owner_all);
    return std::make_unique<DropFolderWatch>(
        DropFolderWatch::Watched{.bureau = record::BureauId("park"),
                                 .folder = directory_ / "drop",
                                 .datasets = {record::DatasetId("register")},
                                 .limits = limits},
        HoldBack(), DropFolderWatch::Surroundings{command, directory_.path(), *log_});
  }
  void drop() {
    std::ofstream(directory_ / "drop/.register.csv") << "number\nA1\n";
    std::filesystem::rename(directory_ / "drop/.register.csv", directory_ / "drop/register.csv");
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

}  // namespace
}  // namespace sluice::runs::test

#include "sqlite/checkpoints.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <map>
#include <thread>

#include <gtest/gtest.h>
#include <sqlite3.h>

#include "support/temporary_directory.h"

namespace sluice::sqlite {
namespace {

// Whether SQLite's files can not be brought to the disk.
std::atomic<bool> is_disk_broken = false;

int (*system_sync)(sqlite3_file*, int) = nullptr;
int sync_or_fail(sqlite3_file* file, int flags) {
  return is_disk_broken ? SQLITE_IOERR_FSYNC : system_sync(file, flags);
}

int open_breakable(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* opened) {
  static std::map<const sqlite3_io_methods*, sqlite3_io_methods> kinds;
  sqlite3_vfs* const system = sqlite3_vfs_find("unix");
  const int status = system->xOpen(system, name, file, flags, opened);
  if (status != SQLITE_OK || file->pMethods == nullptr) return status;
  system_sync = file->pMethods->xSync;
  const auto [kind, is_new] = kinds.try_emplace(file->pMethods, *file->pMethods);
  if (is_new) kind->second.xSync = &sync_or_fail;
  file->pMethods = &kind->second;
  return status;
}

class CheckpointsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    is_disk_broken = false;
    vfs_ = *sqlite3_vfs_find("unix");
    vfs_.zName = "breakable";
    vfs_.xOpen = &open_breakable;
    sqlite3_vfs_register(&vfs_, 1);
    database_ = Database::open(file_).value();
    ASSERT_TRUE(database_->execute("CREATE TABLE kept (text)"));
    ASSERT_TRUE(database_->empty_log());
    checkpoints_.emplace(
        file_, turns_, [this](const std::string& reason) { told_ = reason; },
        CheckpointPages{.due = 20, .too_many = 40});
    database_->tell_log([this](int pages) {
      pages_ = pages;
      checkpoints_->logged(pages);
    });
  }
  void TearDown() override {
    checkpoints_.reset();
    database_.reset();
    sqlite3_vfs_unregister(&vfs_);
  }
  void write() {
    const auto turn = turns_.take(std::chrono::seconds(10));
    ASSERT_TRUE(turn);
    ASSERT_TRUE(database_->execute("INSERT INTO kept VALUES (zeroblob(8000))"));
  }
  [[nodiscard]] std::uintmax_t size() const { return std::filesystem::file_size(file_); }
  // Until it is so; false: not within a time that is longer than any thread waits for its turn.
  template <class Condition>
  static bool comes_true(Condition condition) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!condition()) {
      if (std::chrono::steady_clock::now() >= until) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
  }

  record::test::TemporaryDirectory directory_;
  std::filesystem::path file_ = directory_ / "kept.sqlite";
  sqlite3_vfs vfs_{};
  WriteTurns turns_;
  std::optional<Database> database_;
  std::optional<Checkpoints> checkpoints_;
  int pages_ = 0;
  std::string told_;  // by the thread of the checkpoints, before there is a failure()
};

TEST_F(CheckpointsTest, TheLogIsMovedIntoTheFileOnceItIsLong) {
  const auto empty = size();
  write();
  EXPECT_LT(pages_, 20);
  while (pages_ < 20)
    write();
  EXPECT_TRUE(comes_true([&] { return size() > empty; }));
  EXPECT_FALSE(checkpoints_->failure());
}

TEST_F(CheckpointsTest, TheLogOfWhoWritesWithoutAPauseIsBegunAnew) {
  int longest = 0;
  EXPECT_TRUE(comes_true([&] {
    write();
    longest = std::max(longest, pages_);
    return longest > 20 && pages_ < 20;
  }));
}

TEST_F(CheckpointsTest, ADiskThatFailedIsToldAndRemembered) {
  write();
  ASSERT_LT(pages_, 20);
  is_disk_broken = true;
  checkpoints_->logged(20);
  ASSERT_TRUE(comes_true([&] { return checkpoints_->failure().has_value(); }));
  is_disk_broken = false;
  EXPECT_TRUE(checkpoints_->failure()->is_failed_sync());
  EXPECT_NE(told_.find(file_.string()), std::string::npos) << told_;
}

}  // namespace
}  // namespace sluice::sqlite

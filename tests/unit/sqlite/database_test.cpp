#include "sqlite/database.h"

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <stdexcept>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <unistd.h>

namespace sluice::sqlite {
namespace {

class DatabaseTest : public ::testing::Test {
 protected:
  DatabaseTest() {
    std::string name = (std::filesystem::temp_directory_path() / "sluice-sqlite-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
    directory_ = name;
  }
  ~DatabaseTest() override { std::filesystem::remove_all(directory_); }

  Database open(int busy_timeout_ms = 10'000) const {
    auto database = Database::open(file(), busy_timeout_ms);
    if (!database) throw std::runtime_error(database.error().message);
    return std::move(*database);
  }
  std::filesystem::path file() const { return directory_ / "state.db"; }

  std::filesystem::path directory_;
};

void execute(Database& database, const std::string& sql) {
  const auto done = database.execute(sql);
  ASSERT_TRUE(done) << done.error().message;
}

std::string first_value(Database& database, std::string_view sql) {
  auto statement = database.prepare(sql).value();
  return statement.step().value() ? std::string(statement.text(0)) : "no row";
}

std::filesystem::perms mode(const std::filesystem::path& file) {
  return std::filesystem::status(file).permissions();
}

constexpr auto owner_only =
    std::filesystem::perms::owner_read | std::filesystem::perms::owner_write;

TEST_F(DatabaseTest, ThatCanNotBeOpenedIsToldWithWhatTheSystemSays) {
  const auto database = Database::open(directory_ / "nowhere" / "state.db");
  ASSERT_FALSE(database);
  EXPECT_NE(database.error().message.find("No such file or directory"), std::string::npos)
      << database.error().message;
}

TEST_F(DatabaseTest, IsReadableByItsOwnerOnly) {
  Database database = open();
  execute(database, "CREATE TABLE t (x); INSERT INTO t VALUES (1)");
  EXPECT_EQ(mode(file()), owner_only);
  EXPECT_EQ(mode(file().string() + "-wal"), owner_only);
}

TEST_F(DatabaseTest, LogsAheadAndSyncsEveryCommit) {
  Database database = open();
  EXPECT_EQ(first_value(database, "PRAGMA journal_mode"), "wal");
  EXPECT_EQ(first_value(database, "PRAGMA synchronous"), "2");
  EXPECT_EQ(first_value(database, "PRAGMA foreign_keys"), "1");
}

TEST_F(DatabaseTest, OpensAgainWithWhatItHeld) {
  {
    Database database = open();
    execute(database, "CREATE TABLE t (x); INSERT INTO t VALUES ('kept')");
  }
  Database database = open();
  EXPECT_EQ(first_value(database, "SELECT x FROM t"), "kept");
}

TEST_F(DatabaseTest, ThatCanNotBeOpenedIsAnError) {
  EXPECT_FALSE(Database::open(directory_ / "nowhere" / "state.db"));
  std::ofstream(file()) << std::string(4096, 'x');
  const auto opened = Database::open(file());
  ASSERT_FALSE(opened);
  EXPECT_TRUE(opened.error().is_durability_failure());
  EXPECT_FALSE(opened.error().message.empty());
}

TEST_F(DatabaseTest, IsNotCreatedThroughALink) {
  std::filesystem::create_symlink(directory_ / "elsewhere", file());
  EXPECT_FALSE(Database::open(file()));
  EXPECT_FALSE(std::filesystem::exists(directory_ / "elsewhere"));
}

TEST_F(DatabaseTest, BringsBackWhatWasBound) {
  Database database = open();
  execute(database, "CREATE TABLE t (i INTEGER, u INTEGER, s TEXT, b BLOB, n)");
  const std::string bytes("\0\xff\t", 3);
  auto insert = database.prepare("INSERT INTO t VALUES (?, ?, ?, ?, ?)").value();
  insert.bind(1, std::numeric_limits<std::int64_t>::min())
      .bind(2, std::uint64_t{1} << 62)
      .bind(3, std::string_view("海淀"))
      .bind_blob(4, bytes)
      .bind_null(5);
  ASSERT_TRUE(insert.run());
  EXPECT_EQ(database.changes(), 1);
  EXPECT_EQ(database.last_row_id(), 1);
  auto select = database.prepare("SELECT i, u, s, b, n FROM t").value();
  ASSERT_TRUE(select.step().value());
  EXPECT_EQ(select.integer(0), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(select.integer(1), std::int64_t{1} << 62);
  EXPECT_EQ(select.text(2), "海淀");
  EXPECT_EQ(select.text(3), bytes);
  EXPECT_TRUE(select.is_null(4));
  EXPECT_FALSE(select.step().value());
}

TEST_F(DatabaseTest, TellsAnEmptyTextFromNull) {
  Database database = open();
  auto select = database.prepare("SELECT ?, ?").value();
  select.bind(1, std::string_view()).bind_blob(2, {});
  ASSERT_TRUE(select.step().value());
  EXPECT_FALSE(select.is_null(0));
  EXPECT_FALSE(select.is_null(1));
  EXPECT_EQ(select.text(0), "");
}

TEST_F(DatabaseTest, RefusesNumbersThatItCanNotHold) {
  Database database = open();
  auto select = database.prepare("SELECT ?").value();
  EXPECT_THROW(select.bind(1, std::numeric_limits<std::uint64_t>::max()), std::out_of_range);
  EXPECT_THROW(select.bind(2, std::int64_t{1}), std::logic_error);
}

TEST_F(DatabaseTest, AStatementThatFailedCanBeRunAgain) {
  Database database = open();
  execute(database, "CREATE TABLE t (x INTEGER PRIMARY KEY)");
  auto insert = database.prepare("INSERT INTO t VALUES (?)").value();
  ASSERT_TRUE(insert.bind(1, std::int64_t{1}).run());
  const auto twice = insert.bind(1, std::int64_t{1}).run();
  ASSERT_FALSE(twice);
  EXPECT_TRUE(twice.error().is_constraint());
  EXPECT_FALSE(twice.error().is_durability_failure());
  EXPECT_TRUE(insert.bind(1, std::int64_t{2}).run());
}

TEST_F(DatabaseTest, SqlThatIsNoneIsAnError) {
  Database database = open();
  EXPECT_FALSE(database.execute("SELEKT 1"));
  EXPECT_FALSE(database.prepare("SELECT * FROM nowhere"));
}

TEST_F(DatabaseTest, TransactionThatIsDroppedLeavesNothing) {
  Database database = open();
  execute(database, "CREATE TABLE t (x)");
  {
    auto transaction = Transaction::begin(database);
    ASSERT_TRUE(transaction);
    execute(database, "INSERT INTO t VALUES (1)");
  }
  EXPECT_EQ(first_value(database, "SELECT count(*) FROM t"), "0");
  auto transaction = Transaction::begin(database);
  ASSERT_TRUE(transaction);
  execute(database, "INSERT INTO t VALUES (1)");
  ASSERT_TRUE(transaction->commit());
  EXPECT_EQ(first_value(database, "SELECT count(*) FROM t"), "1");
}

TEST_F(DatabaseTest, TransactionThatWasMovedCommitsOnce) {
  Database database = open();
  execute(database, "CREATE TABLE t (x)");
  {
    Transaction first = Transaction::begin(database).value();
    execute(database, "INSERT INTO t VALUES (1)");
    Transaction second = std::move(first);
    ASSERT_TRUE(second.commit());
  }
  EXPECT_EQ(first_value(database, "SELECT count(*) FROM t"), "1");
}

TEST_F(DatabaseTest, AnotherHandlesTransactionMakesItBusy) {
  Database one = open();
  Database other = open(1);
  execute(one, "CREATE TABLE t (x)");
  {
    auto held = Transaction::begin(one);
    ASSERT_TRUE(held);
    const auto refused = Transaction::begin(other);
    ASSERT_FALSE(refused);
    EXPECT_TRUE(refused.error().is_busy());
    EXPECT_FALSE(refused.error().is_durability_failure());
  }
  EXPECT_TRUE(Transaction::begin(other));
}

TEST_F(DatabaseTest, ReadersDoNotWaitForAWriter) {
  Database writer = open();
  Database reader = open(1);
  execute(writer, "CREATE TABLE t (x); INSERT INTO t VALUES (1)");
  auto transaction = Transaction::begin(writer);
  ASSERT_TRUE(transaction);
  execute(writer, "INSERT INTO t VALUES (2)");
  EXPECT_EQ(first_value(reader, "SELECT count(*) FROM t"), "1");
}

TEST_F(DatabaseTest, CheckpointMovesTheLogIntoTheFile) {
  Database database = open();
  execute(database, "CREATE TABLE t (x); INSERT INTO t VALUES (1)");
  const auto before = std::filesystem::file_size(file());
  ASSERT_TRUE(database.checkpoint());
  EXPECT_GT(std::filesystem::file_size(file()), before);
}

TEST_F(DatabaseTest, ANewFileIsOpenedBySeveralAtOnce) {
  for (int round = 0; round < 50; ++round) {
    std::filesystem::remove(file());
    std::atomic<int> opened = 0;
    {
      std::vector<std::jthread> threads;
      for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
          const auto database = Database::open(file());
          if (database) ++opened;
        });
      }
    }
    ASSERT_EQ(opened, 4) << "round " << round;
  }
}

// A disk with no room left, as SQLite sees it.
TEST_F(DatabaseTest, AFullDiskIsADurabilityFailure) {
  Database database = open();
  execute(database, "CREATE TABLE t (x); PRAGMA max_page_count=3");
  const auto refused = database.execute("INSERT INTO t VALUES (zeroblob(1000000))");
  ASSERT_FALSE(refused);
  EXPECT_TRUE(refused.error().is_durability_failure());
  EXPECT_FALSE(refused.error().is_busy());
}

// Of this process, for the test's time.
class Limited {
 public:
  Limited(__rlimit_resource resource, rlim_t limit) : resource_(resource) {
    ::getrlimit(resource_, &before_);
    rlimit now = before_;
    now.rlim_cur = limit;
    ::setrlimit(resource_, &now);
  }
  ~Limited() { ::setrlimit(resource_, &before_); }
  Limited(const Limited&) = delete;
  Limited& operator=(const Limited&) = delete;

 private:
  __rlimit_resource resource_;
  rlimit before_{};
};

TEST_F(DatabaseTest, AFileThatMayGrowNoMoreIsAFullDisk) {
  Database database = open();
  execute(database, "CREATE TABLE t (x)");
  std::signal(SIGXFSZ, SIG_IGN);
  const Limited limited(RLIMIT_FSIZE, 65536);
  const auto refused = database.execute("INSERT INTO t VALUES (zeroblob(1000000))");
  ASSERT_FALSE(refused);
  EXPECT_TRUE(refused.error().is_disk_full()) << refused.error().code;
  EXPECT_FALSE(refused.error().is_failed_sync());
}

TEST_F(DatabaseTest, WhereTooManyFilesAreOpenNothingIsWrongWithTheDisk) {
  { const Database made = open(); }
  const int next = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  ::close(next);
  // One for the file, one for its log, one for what is shared of it, one for the directory.
  for (int left = 0; left <= 3; ++left) {
    const Limited limited(RLIMIT_NOFILE, static_cast<rlim_t>(next + left));
    const auto refused = Database::open(file());
    ASSERT_FALSE(refused) << left;
    EXPECT_TRUE(refused.error().is_out_of_files()) << left << ": " << refused.error().message;
    EXPECT_FALSE(refused.error().is_durability_failure()) << left;
  }
  EXPECT_TRUE(Database::open(file()));
}

TEST(DatabaseError, AFailedFsyncIsNoFullDiskWhateverTheSystemCallsIt) {
  const Error failed{SQLITE_IOERR_FSYNC, "", ENOSPC};
  EXPECT_TRUE(failed.is_failed_sync());
  EXPECT_FALSE(failed.is_disk_full());
  EXPECT_TRUE((Error{SQLITE_IOERR_WRITE, "", EDQUOT}).is_disk_full());
  EXPECT_FALSE((Error{SQLITE_IOERR_WRITE, "", EIO}).is_disk_full());
}

TEST_F(DatabaseTest, AnEmptiedLogHasNothingLeftThatIsNotInTheFile) {
  Database database = open();
  execute(database, "CREATE TABLE t (x); INSERT INTO t VALUES (1)");
  const std::filesystem::path log = file().string() + "-wal";
  EXPECT_GT(std::filesystem::file_size(log), 0U);
  ASSERT_TRUE(database.empty_log());
  EXPECT_EQ(std::filesystem::file_size(log), 0U);
}

TEST(DatabaseError, OfADiskThatWouldNotTakeItIsADurabilityFailure) {
  for (const int code :
       {SQLITE_IOERR, SQLITE_IOERR_FSYNC, SQLITE_IOERR_DIR_FSYNC, SQLITE_IOERR_WRITE, SQLITE_FULL,
        SQLITE_READONLY, SQLITE_READONLY_DBMOVED, SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_CANTOPEN}) {
    EXPECT_TRUE((Error{code, ""}).is_durability_failure()) << code;
    EXPECT_FALSE((Error{code, ""}).is_busy()) << code;
  }
  for (const int code : {SQLITE_BUSY, SQLITE_BUSY_SNAPSHOT, SQLITE_LOCKED}) {
    EXPECT_TRUE((Error{code, ""}).is_busy()) << code;
    EXPECT_FALSE((Error{code, ""}).is_durability_failure()) << code;
  }
  for (const int code :
       {SQLITE_CONSTRAINT, SQLITE_CONSTRAINT_UNIQUE, SQLITE_CONSTRAINT_PRIMARYKEY}) {
    EXPECT_TRUE((Error{code, ""}).is_constraint()) << code;
    EXPECT_FALSE((Error{code, ""}).is_durability_failure()) << code;
  }
}

TEST_F(DatabaseTest, MemoryIsOneForAllAndWhoeverHasWorkedLeavesItToTheNext) {
  constexpr std::uint64_t limit = std::uint64_t{8} << 20;
  limit_memory(limit);
  std::vector<Database> databases;
  for (int each = 0; each < 8; ++each) {
    databases.push_back(Database::open(directory_ / (std::to_string(each) + ".sqlite")).value());
    Database& database = databases.back();
    ASSERT_TRUE(
        database.execute("PRAGMA cache_size=-49152; CREATE TABLE t (a INTEGER PRIMARY KEY, b)"));
    ASSERT_TRUE(database.execute(
        "WITH RECURSIVE n(a) AS (SELECT 1 UNION ALL SELECT a + 1 FROM n WHERE a < 3000) "
        "INSERT INTO t SELECT a, randomblob(1000) FROM n"));
    database.leave_memory_to_others();
    EXPECT_LT(memory_used(), limit + limit / 2) << "after " << each + 1;
  }
  limit_memory(0);
}

}  // namespace
}  // namespace sluice::sqlite

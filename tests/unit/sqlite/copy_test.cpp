// A database copied while others write, and looked at.
#include "sqlite/copy.h"

#include <fstream>

#include <gtest/gtest.h>

#include "support/temporary_directory.h"

namespace sluice::sqlite {
namespace {

class CopyTest : public testing::Test {
 protected:
  void SetUp() override {
    auto database = Database::open(file).value();
    ASSERT_TRUE(database.execute(
        "CREATE TABLE t(i INTEGER PRIMARY KEY, text TEXT);"
        "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 2000) "
        "INSERT INTO t SELECT i, hex(zeroblob(100)) FROM n"));
  }
  static std::int64_t rows(const std::filesystem::path& of) {
    auto database = Database::open(of).value();
    auto select = database.prepare("SELECT count(*) FROM t").value();
    EXPECT_TRUE(select.step().value());
    return select.integer(0);
  }

  record::test::TemporaryDirectory directory;
  std::filesystem::path file = directory / "a.sqlite";
  std::filesystem::path target = directory / "b.sqlite";
};

TEST_F(CopyTest, IsOfTheMomentAtWhichItBeganWhoeverWritesMeanwhile) {
  auto other = Database::open(file).value();
  int pieces = 0;
  const CopyPace pace{.pages = 8, .pause = [&](std::chrono::nanoseconds) {
                        ++pieces;
                        ASSERT_TRUE(other.execute("INSERT INTO t(text) VALUES ('later')"));
                      }};
  ASSERT_TRUE(sqlite::copy_file(file, target, pace));
  EXPECT_GT(pieces, 5);
  EXPECT_EQ(rows(target), 2000);
  EXPECT_EQ(rows(file), 2000 + pieces);
}

TEST_F(CopyTest, HasWhatIsInTheLogAlone) {
  auto open = Database::open(file).value();
  ASSERT_TRUE(open.execute("PRAGMA wal_autocheckpoint=0; INSERT INTO t(text) VALUES ('logged')"));
  ASSERT_TRUE(sqlite::copy_file(file, target));
  EXPECT_EQ(rows(target), 2001);
}

TEST_F(CopyTest, OfWhatIsNotThereMakesNothing) {
  EXPECT_FALSE(sqlite::copy_file(directory / "none.sqlite", target));
  EXPECT_FALSE(std::filesystem::exists(target));
  EXPECT_FALSE(std::filesystem::exists(directory / "none.sqlite"));
}

TEST_F(CopyTest, ADamagedPageIsFound) {
  ASSERT_TRUE(sqlite::copy_file(file, target));
  {
    auto whole = Database::open(target).value();
    EXPECT_EQ(check(whole, Check::thorough).value(), "");
  }
  std::fstream(target, std::ios::in | std::ios::out | std::ios::binary)
      .seekp(4096 * 10)
      .write(std::string(4096, 'x').data(), 4096);
  auto damaged = Database::open(target).value();
  const auto found = check(damaged, Check::thorough);
  EXPECT_TRUE(!found || !found->empty());
}

}  // namespace
}  // namespace sluice::sqlite

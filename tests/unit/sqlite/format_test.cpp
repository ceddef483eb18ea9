// A file of a later version is told and left as it is; one without a number gets it, with whatever
// its tables hold.
#include "sqlite/format.h"

#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temporary_directory.h"

namespace sluice::sqlite {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr Tables second_form{2, R"sql(
  CREATE TABLE IF NOT EXISTS line(text TEXT);
  CREATE INDEX IF NOT EXISTS line_text ON line(text))sql"};

class FormatTest : public testing::Test {
 protected:
  Database open() const { return Database::open(file()).value(); }
  void execute(const std::string& sql) const { ASSERT_TRUE(open().execute(sql)); }
  std::int64_t number(const std::string& sql) const {
    auto database = open();
    auto asked = database.prepare(sql).value();
    return asked.step().value() ? asked.integer(0) : -1;
  }
  std::string objection() const {
    auto database = open();
    return make_or_check(database, second_form).value().value_or("");
  }
  std::filesystem::path file() const { return directory_ / "state.sqlite"; }

 private:
  record::test::TemporaryDirectory directory_;
};

TEST_F(FormatTest, OfANewFileIsWrittenWithItsTables) {
  EXPECT_EQ(objection(), "");
  EXPECT_EQ(number("PRAGMA user_version"), 2);
  EXPECT_EQ(number("SELECT count(*) FROM line"), 0);
}

TEST_F(FormatTest, IsGivenToAFileWithoutOneAndWhatIsInItStays) {
  execute("CREATE TABLE line(text TEXT); INSERT INTO line VALUES('kept')");
  EXPECT_EQ(objection(), "");
  EXPECT_EQ(number("PRAGMA user_version"), 2);
  EXPECT_EQ(number("SELECT count(*) FROM line WHERE text = 'kept'"), 1);
  EXPECT_EQ(number("SELECT count(*) FROM sqlite_master WHERE name = 'line_text'"), 1);
}

TEST_F(FormatTest, OfALaterVersionIsToldWithWhatToDoAndTheFileIsLeftAsItIs) {
  execute("CREATE TABLE other(n); PRAGMA user_version=3");
  EXPECT_THAT(objection(), AllOf(HasSubstr("it is of format 3, this program reads up to 2"),
                                 HasSubstr("run that version"), HasSubstr("docs/upgrades.md")));
  EXPECT_EQ(number("PRAGMA user_version"), 3);
  EXPECT_EQ(number("SELECT count(*) FROM sqlite_master"), 1);
}

// Two owners have tables in one file, and the first of them to come writes the number.
TEST_F(FormatTest, ThatIsThereDoesNotKeepAnotherOwnerFromItsTables) {
  EXPECT_EQ(objection(), "");
  auto database = open();
  EXPECT_EQ(make_or_check(database, {2, "CREATE TABLE IF NOT EXISTS store(n)"}).value(),
            std::nullopt);
  EXPECT_EQ(number("SELECT count(*) FROM store"), 0);
}

TEST_F(FormatTest, IsNotWrittenWhereTheTablesCanNotBeMade) {
  auto database = open();
  EXPECT_FALSE(make_or_check(database, {2, "CREATE TABLE line(text TEXT); no SQL"}));
  EXPECT_EQ(number("PRAGMA user_version"), 0);
  EXPECT_EQ(number("SELECT count(*) FROM sqlite_master"), 0);
}

TEST_F(FormatTest, IsWrittenOnceBySeveralWhoComeAtTheSameMoment) {
  execute("CREATE TABLE line(text TEXT)");
  std::vector<std::jthread> openers;
  for (int i = 0; i < 8; ++i)
    openers.emplace_back([this] { EXPECT_EQ(objection(), ""); });
  openers.clear();
  EXPECT_EQ(number("PRAGMA user_version"), 2);
}

}  // namespace
}  // namespace sluice::sqlite

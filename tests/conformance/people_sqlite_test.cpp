// What only a file can do to the people in it.
#include <gmock/gmock.h>

#include "conformance/people_home.h"
#include "people/sqlite/sqlite_people.h"
#include "sqlite/database.h"
#include "support/temporary_directory.h"

namespace sluice::test {
namespace {

using people::PeopleProblem;
using ::testing::HasSubstr;

class PeopleSqliteTest : public ::testing::Test {
 protected:
  record::test::TemporaryDirectory directory_;
  std::filesystem::path file_ = directory_ / "people.sqlite";
  MinuteClock clock_;
};

TEST_F(PeopleSqliteTest, FileIsItsOwnersAlone) {
  ASSERT_TRUE(people::open_sqlite(file_, std::ref(clock_))->add(clerk("wang")));
  using std::filesystem::perms;
  EXPECT_EQ(std::filesystem::status(file_).permissions(), perms::owner_read | perms::owner_write);
}

TEST_F(PeopleSqliteTest, DatabaseOfSomethingElseIsLeftAlone) {
  ASSERT_TRUE(sqlite::Database::open(file_)->execute("CREATE TABLE other (a)"));
  const auto added = people::open_sqlite(file_, std::ref(clock_))->add(clerk("wang"));
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().code, PeopleProblem::failed);
  EXPECT_THAT(added.error().sentence, HasSubstr("a database of something else"));
}

// A number that is wrong shows that nobody asks for it.
TEST_F(PeopleSqliteTest, ALookTakesTheColumnsThatAreThereAndAsksForNoFormat) {
  people::Account wang = clerk("wang");
  wang.certificate = {{"CN=CA", "CN=wang"}};
  ASSERT_TRUE(people::open_sqlite(file_, std::ref(clock_))->add(wang));
  ASSERT_TRUE(sqlite::Database::open(file_)->execute("PRAGMA user_version=2"));
  const auto people = people::open_sqlite(file_, std::ref(clock_));
  EXPECT_EQ(people->find(wang.name).value()->certificate, wang.certificate);
  EXPECT_EQ(people->list({}, 9).value().front().certificate, wang.certificate);
}

TEST_F(PeopleSqliteTest, FolderThatIsNotThereIsSaid) {
  const auto added =
      people::open_sqlite(directory_ / "none/people.sqlite", std::ref(clock_))->add(clerk("wang"));
  ASSERT_FALSE(added);
  EXPECT_THAT(added.error().place, HasSubstr("none/people.sqlite"));
}

}  // namespace
}  // namespace sluice::test

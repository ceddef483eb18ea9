// The state directory by names and figures.
#include "bundle/state_listing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include "support/plain_user.h"
#include "support/temporary_directory.h"

namespace sluice::bundle::test {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

TEST(StateListing, TellsFormatsAndNothingElseOfWhatIsInAFile) {
  const record::test::TemporaryDirectory directory;
  std::filesystem::create_directory(directory / "journals");
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open((directory / "journals/park.journal").c_str(), &database), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(database,
                         "PRAGMA user_version = 7; PRAGMA application_id = 1397508425;"
                         "CREATE TABLE t (x); INSERT INTO t VALUES ('MARK')",
                         nullptr, nullptr, nullptr),
            SQLITE_OK);
  sqlite3_close(database);
  record::test::write_file(directory / "not-durable", "MARK");
  const std::string listing = state_listing(directory.path());
  EXPECT_THAT(listing, Not(HasSubstr("MARK")));
  EXPECT_THAT(listing, ContainsRegex("journals/park.journal  application 534c4949 format 7\n"));
  EXPECT_THAT(listing, ContainsRegex("-0[0-7]+ [0-9:]+ +4 20[0-9TZ:.-]+  not-durable\n"));
  // In order.
  EXPECT_LT(listing.find("journals/park.journal"), listing.find("not-durable"));
  // Looking has made nothing.
  EXPECT_THAT(listing, testing::StrEq(state_listing(directory.path())));
}

TEST(StateListing, GoesOnBehindAFolderThatMayNotBeEntered) {
  namespace fs = std::filesystem;
  const record::test::TemporaryDirectory directory;
  fs::permissions(directory.path(), fs::perms{0755});
  for (const char* name : {"a", "closed", "z"}) {
    fs::create_directory(directory / name);
    record::test::write_file(directory / name / "file", "");
    fs::permissions(directory / name, fs::perms{0755});
  }
  fs::permissions(directory / "closed", fs::perms{0000});
  std::string listing;
  {
    const sluice::test::PlainUser user;
    listing = state_listing(directory.path());
  }
  fs::permissions(directory / "closed", fs::perms{0755});
  EXPECT_THAT(listing, HasSubstr("  closed  (this user may not enter it"));
  EXPECT_THAT(listing, HasSubstr("  a/file\n"));
  EXPECT_THAT(listing, HasSubstr("  z/file\n"));
  EXPECT_THAT(listing, Not(HasSubstr("not all of it can be listed")));
}

TEST(StateListing, OfWhatIsNotThereSaysSo) {
  EXPECT_THAT(state_listing("/nonexistent/state"), HasSubstr("No such file"));
}

}  // namespace
}  // namespace sluice::bundle::test

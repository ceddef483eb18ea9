// The files that carry a number are found with it, whoever made them, and those of a later version
// are told before anything is opened.
#include "installation/state_formats.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "installation/paths.h"
#include "installation/system_clock.h"
#include "journal/stream_marks.h"
#include "reconciliation/reports.h"
#include "runs/run_history.h"
#include "sqlite/database.h"
#include "store/sqlite/sqlite_store.h"
#include "support/temporary_directory.h"
#include "trust/audit_log.h"

namespace sluice::installation::test {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

class StateFormats : public testing::Test {
 protected:
  StateFormats() {
    node.state_directory = directory / "state";
    std::filesystem::create_directory(node.state_directory);
    node.store = settings::SqliteLocation{node.state_directory / "central.sqlite"};
  }
  Paths paths() const { return Paths(node.state_directory); }
  std::filesystem::path of(const std::string& name) const { return node.state_directory / name; }
  void execute(const std::string& name, const std::string& sql) const {
    ASSERT_TRUE(sqlite::Database::open(of(name)).value().execute(sql));
  }
  // What the parts themselves make when they are first opened.
  void make_those_that_opening_makes() const {
    ASSERT_TRUE(journal::StreamMarks::open(paths().remembered()));
    ASSERT_TRUE(trust::AuditLog::open(paths().audit_log(), system_now));
    ASSERT_TRUE(runs::RunHistory::open(paths().run_history()));
    ASSERT_TRUE(reconciliation::Reports::open(paths().reconciliation_reports()));
    ASSERT_TRUE(store::open_sqlite(of("central.sqlite"), system_now));
  }
  std::vector<std::string> refused() const { return written_by_later_version(node); }

  record::test::TemporaryDirectory directory;
  settings::Node node;
};

TEST_F(StateFormats, OfWhatThisVersionMakesAreThoseThatItKnows) {
  make_those_that_opening_makes();
  int there = 0;
  for (const NumberedFile& file : numbered_files(node)) {
    if (!std::filesystem::exists(file.file)) continue;
    ++there;
    EXPECT_EQ(found_format(file).value(), file.newest) << file.file;
  }
  EXPECT_EQ(there, 5);
  EXPECT_THAT(refused(), ElementsAre());
}

TEST_F(StateFormats, LookingMakesNothing) {
  EXPECT_THAT(refused(), ElementsAre());
  EXPECT_TRUE(std::filesystem::is_empty(node.state_directory));
}

TEST_F(StateFormats, OfALaterVersionAreToldAllAtOnceWithWhatToDo) {
  const std::vector<std::string> names{"remembered", "audit", "jobs",          "people",
                                       "tasks",      "edges", "reconciliation"};
  for (const std::string& name : names)
    execute(name + ".sqlite", "CREATE TABLE later(n); PRAGMA user_version=99");
  execute("central.sqlite", "CREATE TABLE format(version); INSERT INTO format VALUES(98)");
  const auto lines = refused();
  EXPECT_EQ(lines.size(), names.size() + 1);
  for (const std::string& name : names) {
    EXPECT_THAT(lines, Contains(AllOf(HasSubstr(of(name + ".sqlite").string()),
                                      HasSubstr("is of format 99"), HasSubstr("run that version"))))
        << name;
  }
  EXPECT_THAT(lines, Contains(AllOf(HasSubstr("central.sqlite"), HasSubstr("is of format 98"))));
}

// As tests/fixtures/0.1.0 has them.
TEST_F(StateFormats, WithoutANumberAreTakenAsEarlierOnes) {
  make_those_that_opening_makes();
  for (const char* name : {"remembered.sqlite", "audit.sqlite", "jobs.sqlite"})
    execute(name, "PRAGMA user_version=0");
  EXPECT_THAT(refused(), ElementsAre());
}

TEST_F(StateFormats, OfAJournalConcernItsBureauAlone) {
  std::filesystem::create_directory(of("journals"));
  execute("journals/park.journal", "CREATE TABLE later(n); PRAGMA user_version=99");
  EXPECT_THAT(refused(), ElementsAre());
  const auto files = numbered_files(node);
  const auto journal = std::ranges::find(files, of("journals/park.journal"), &NumberedFile::file);
  ASSERT_NE(journal, files.end());
  EXPECT_EQ(journal->use, Use::bureau);
  EXPECT_EQ(found_format(*journal).value(), 99);
}

TEST_F(StateFormats, ThatCanNotBeReadAreLeftToWhoOpensThem) {
  std::ofstream(of("audit.sqlite")) << std::string(8192, 'x');
  EXPECT_THAT(refused(), ElementsAre());
}

}  // namespace
}  // namespace sluice::installation::test

// The files that carry a number are found with it, whoever made them.
#include "installation/state_formats.h"

#include <algorithm>
#include <filesystem>
#include <string>

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
}

TEST_F(StateFormats, OfAJournalConcernItsBureauAlone) {
  std::filesystem::create_directory(of("journals"));
  execute("journals/park.journal", "CREATE TABLE later(n); PRAGMA user_version=99");
  const auto files = numbered_files(node);
  const auto journal = std::ranges::find(files, of("journals/park.journal"), &NumberedFile::file);
  ASSERT_NE(journal, files.end());
  EXPECT_EQ(journal->use, Use::bureau);
  EXPECT_EQ(found_format(*journal).value(), 99);
}

}  // namespace
}  // namespace sluice::installation::test

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "journal/format.h"
#include "sqlite/database.h"
#include "store/sqlite/sqlite_store.h"
#include "unit/doctor/examined_node.h"

namespace sluice::doctor::test {
namespace {

using record::test::write_file;
using testing::AllOf;
using testing::HasSubstr;

class StateChecks : public testing::Test {
 protected:
  Findings looked(const std::string& name) { return look(state_checks(node.shared()), name); }
  void is(Verdict verdict, const std::string& words, const std::string& remedy) {
    const Findings findings = looked("state-versions");
    EXPECT_EQ(worst(findings), verdict) << told(findings);
    EXPECT_THAT(told(findings), AllOf(HasSubstr(words), HasSubstr(remedy)));
  }
  // Open until it is let go of.
  sqlite::Database database(const std::string& name, int version) {
    auto made = sqlite::Database::open(node.node().state_directory / name).value();
    EXPECT_TRUE(
        made.execute("CREATE TABLE any(n); PRAGMA user_version=" + std::to_string(version)));
    return made;
  }
  std::set<std::string> names() {
    std::set<std::string> all;
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(node.node().state_directory)) {
      all.insert(entry.path());
    }
    return all;
  }
  ExaminedNode node;
};

TEST_F(StateChecks, OfThisVersionsFilesAreWellWhoeverHasThemOpen) {
  const auto held = database("journals/park.journal", journal::newest_format);
  { database("tasks.sqlite", 1); }
  database("audit.sqlite", 0);  // as the first were
  is(Verdict::ok, "3 files are of forms that this version knows", "");
}

TEST_F(StateChecks, LookingMakesNoFile) {
  { database("journals/park.journal", journal::newest_format); }
  const auto before = names();
  is(Verdict::ok, "1 files", "");
  EXPECT_EQ(names(), before);
}

TEST_F(StateChecks, AJournalOfANewerVersionIsWrongAlsoWhileItIsOpen) {
  const auto held = database("journals/park.journal", journal::newest_format + 1);
  is(Verdict::wrong,
     "park.journal: it is of format " + std::to_string(journal::newest_format + 1) +
         ", and this program reads up to " + std::to_string(journal::newest_format),
     "install that version again");
}

TEST_F(StateChecks, EachFileOfANewerVersionIsWrong) {
  for (const std::string name : {"remembered", "audit", "jobs", "people", "tasks", "edges"}) {
    const auto file = name + ".sqlite";
    { database(file, 99); }
    is(Verdict::wrong, file + ": it is of format 99", "install that version again");
    std::filesystem::remove(node.node().state_directory / file);
  }
}

TEST_F(StateChecks, OfTheEmbeddedStoreTheFormStandsInATable) {
  const auto file = node.node().state_directory / "central.sqlite";
  node.node().store = settings::SqliteLocation{file};
  { ASSERT_TRUE(store::open_sqlite(file, installation::system_now)); }
  is(Verdict::ok, "1 files", "");
  {
    auto opened = sqlite::Database::open(file).value();
    ASSERT_TRUE(opened.execute("UPDATE format SET version = 99"));
  }
  is(Verdict::wrong, "central.sqlite: it is of format 99", "install that version again");
}

TEST_F(StateChecks, AFileThatIsNoDatabaseIsWrong) {
  write_file(node.node().state_directory / "audit.sqlite", std::string(8192, 'x'));
  is(Verdict::wrong, "audit.sqlite: it is no database, or damaged", "restore it");
}

TEST_F(StateChecks, ARestoreThatWasLeftHalfWayIsWrong) {
  EXPECT_EQ(worst(looked("restore")), Verdict::ok);
  write_file(node.node().state_directory / "restore-unfinished", "");
  const Findings findings = looked("restore");
  EXPECT_EQ(worst(findings), Verdict::wrong);
  EXPECT_THAT(told(findings), HasSubstr("restore BACKUP` again"));
}

}  // namespace
}  // namespace sluice::doctor::test

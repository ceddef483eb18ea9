// Keeping what edges reported of their quarantines: what every way must do, and what only a server
// or a file can do to it.
#include <stdexcept>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "conformance/people_home.h"
#include "edges/postgresql/postgresql_kept_reports.h"
#include "edges/sqlite/sqlite_kept_reports.h"
#include "sqlite/database.h"
#include "support/temporary_directory.h"

namespace sluice::test {
namespace {

using edges::KeepingProblem;
using edges::KeptReport;
using edges::KeptReports;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Where reports are kept while a test runs: each test has an empty place of each kind.
class ReportsHome {
 public:
  virtual ~ReportsHome() = default;
  // Another owner of the same reports, as at another center.
  [[nodiscard]] virtual std::unique_ptr<KeptReports> open() = 0;
  // Whether anything was made there.
  [[nodiscard]] virtual bool is_untouched() = 0;
  // Runs SQL that both understand; the table is `{report}`.
  virtual void execute(const std::string& sql) = 0;
  virtual void set_format(int version) = 0;
};

class SqliteReportsHome final : public ReportsHome {
 public:
  std::unique_ptr<KeptReports> open() override { return edges::open_sqlite(file_); }
  bool is_untouched() override { return !std::filesystem::exists(file_); }
  void execute(const std::string& sql) override {
    auto database = sqlite::Database::open(file_).value();
    ASSERT_TRUE(
        database.execute(fmt::format(fmt::runtime(sql), fmt::arg("report", "quarantine_report"))));
  }
  void set_format(int version) override { execute(fmt::format("PRAGMA user_version={}", version)); }

 private:
  record::test::TemporaryDirectory directory_;
  std::filesystem::path file_ = directory_ / "edges.sqlite";
};

class PostgresqlReportsHome final : public ReportsHome {
 public:
  PostgresqlReportsHome()
      : conninfo_(people_cluster().socket(people_cluster().create_database())) {}

  std::unique_ptr<KeptReports> open() override {
    return edges::open_postgresql({.connection = conninfo_, .password_file = {}}).value();
  }
  bool is_untouched() override {
    return ask(conninfo_, "SELECT count(*) FROM pg_namespace WHERE nspname = 'sluice'") == "0";
  }
  void execute(const std::string& sql) override {
    ask(conninfo_, fmt::format(fmt::runtime(sql), fmt::arg("report", "sluice.quarantine_report")));
  }
  void set_format(int version) override {
    ask(conninfo_, fmt::format("UPDATE sluice.edges_format SET version = {}", version));
  }

 private:
  std::string conninfo_;
};

struct ReportsKind {
  std::string name;
  std::function<std::unique_ptr<ReportsHome>()> make;
};
std::vector<ReportsKind> reports_kinds() {
  return {{"sqlite", [] { return std::make_unique<SqliteReportsHome>(); }},
          {"postgresql", [] { return std::make_unique<PostgresqlReportsHome>(); }}};
}

record::Time report_time(int minute) {
  return record::parse_time(fmt::format("2026-11-23T04:{:02}:00.789Z", minute)).value();
}

KeptReport kept_report(const std::string& bureau, const std::string& node, int minute) {
  return {.bureau = record::BureauId(bureau),
          .node = record::NodeId(node),
          .received_at = report_time(minute),
          .report = {
              .as_of = report_time(minute - 1),
              .groups = {{journal::QuarantineState::waiting, record::DatasetId("register"), "uscc",
                          static_cast<std::uint64_t>(minute), report_time(1), report_time(2)}},
              .left_out = 3}};
}

class ReportsTest : public ::testing::TestWithParam<ReportsKind> {
 protected:
  std::unique_ptr<ReportsHome> home_ = GetParam().make();
  std::unique_ptr<KeptReports> reports_ = home_->open();
};
INSTANTIATE_TEST_SUITE_P(Edges, ReportsTest, ::testing::ValuesIn(reports_kinds()),
                         [](const auto& tested) { return tested.param.name; });

TEST_P(ReportsTest, LookingMakesNothing) {
  EXPECT_THAT(reports_->all().value(), IsEmpty());
  EXPECT_TRUE(home_->is_untouched());
}

TEST_P(ReportsTest, EveryCenterSeesTheLastReportOfEachBureau) {
  const auto another = home_->open();
  EXPECT_THAT(another->all().value(), IsEmpty());
  ASSERT_TRUE(reports_->keep(kept_report("tax", "edge-2", 10)));
  ASSERT_TRUE(another->keep(kept_report("park", "edge-1", 11)));
  ASSERT_TRUE(reports_->keep(kept_report("park", "edge-1", 12)));
  for (const auto& owner : {reports_.get(), another.get()}) {
    EXPECT_THAT(owner->all().value(),
                ElementsAre(kept_report("park", "edge-1", 12), kept_report("tax", "edge-2", 10)));
  }
}

// The bureau's stream may have moved to a node whose clock is behind.
TEST_P(ReportsTest, TheLastToComeCountsWhoeverBroughtIt) {
  ASSERT_TRUE(reports_->keep(kept_report("park", "edge-1", 40)));
  ASSERT_TRUE(reports_->keep(kept_report("park", "edge-2", 20)));
  EXPECT_THAT(reports_->all().value(), ElementsAre(kept_report("park", "edge-2", 20)));
}

TEST_P(ReportsTest, ALargeReportIsKeptWhole) {
  KeptReport large = kept_report("park", "edge-1", 30);
  large.report.groups.clear();
  for (std::size_t i = 0; i < edges::most_groups; ++i) {
    large.report.groups.push_back({journal::QuarantineState::waiting,
                                   record::DatasetId(fmt::format("d{:05}", i)), "uscc", 1,
                                   report_time(1), report_time(2)});
  }
  ASSERT_TRUE(reports_->keep(large));
  EXPECT_THAT(reports_->all().value(), ElementsAre(large));
}

TEST_P(ReportsTest, WhatIsNotOursIsSaid) {
  ASSERT_TRUE(reports_->keep(kept_report("park", "edge-1", 12)));
  home_->execute("UPDATE {report} SET report = 'no report'");
  const auto damaged = reports_->all();
  ASSERT_FALSE(damaged);
  EXPECT_EQ(damaged.error().code, KeepingProblem::failed);
  EXPECT_THAT(damaged.error().sentence, HasSubstr("not ours"));
  home_->set_format(2);
  const auto another = home_->open();
  for (const auto& problem :
       {another->all().error(), another->keep(kept_report("park", "edge-1", 13)).error()}) {
    EXPECT_EQ(problem.code, KeepingProblem::failed);
    EXPECT_THAT(problem.sentence, HasSubstr("of format 2"));
  }
}

TEST(ReportsInPostgresql, AreUnavailableWhileTheServerIsDown) {
  PostgresqlReportsHome home;
  const auto reports = home.open();
  ASSERT_TRUE(reports->keep(kept_report("park", "edge-1", 12)));
  people_cluster().stop(PostgresqlCluster::Stop::fast);
  EXPECT_EQ(reports->all().error().code, KeepingProblem::unavailable);
  EXPECT_EQ(reports->keep(kept_report("park", "edge-1", 13)).error().code,
            KeepingProblem::unavailable);
  people_cluster().start();
  EXPECT_THAT(reports->all().value(), ElementsAre(kept_report("park", "edge-1", 12)));
}

TEST(ReportsInAFile, AreTheOwnersAlone) {
  const record::test::TemporaryDirectory directory;
  const auto file = directory / "edges.sqlite";
  ASSERT_TRUE(edges::open_sqlite(file)->keep(kept_report("park", "edge-1", 12)));
  using std::filesystem::perms;
  EXPECT_EQ(std::filesystem::status(file).permissions(), perms::owner_read | perms::owner_write);
}

TEST(ReportsInAFile, OfSomethingElseAreNotKept) {
  const record::test::TemporaryDirectory directory;
  const auto file = directory / "edges.sqlite";
  ASSERT_TRUE(sqlite::Database::open(file)->execute("CREATE TABLE other (a)"));
  const auto kept = edges::open_sqlite(file)->keep(kept_report("park", "edge-1", 12));
  ASSERT_FALSE(kept);
  EXPECT_THAT(kept.error().sentence, HasSubstr("a database of something else"));
}

}  // namespace
}  // namespace sluice::test

#include "edges/sqlite/sqlite_kept_reports.h"

#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "edges/format.h"
#include "edges/sqlite/ddl.h"
#include "record/recast.h"
#include "record/try.h"
#include "sqlite/database.h"
#include "sqlite/format.h"

namespace sluice::edges {
namespace {

class SqliteKeptReports final : public KeptReports {
 public:
  SqliteKeptReports(std::filesystem::path path, sqlite::OnFailedSync told)
      : path_(std::move(path)), told_(std::move(told)) {}

  Result<void> keep(const KeptReport& report) override;
  Result<std::vector<KeptReport>> all() override;

 private:
  Result<void> open();
  Result<void> make_or_check_tables();
  template <class T>
  [[nodiscard]] Result<T> ours(sqlite::Result<T> result) const {
    return record::recast(std::move(result),
                          [this](const sqlite::Error& error) { return failure(error); });
  }
  [[nodiscard]] KeepingFailure failure(const sqlite::Error& error) const;
  [[nodiscard]] std::unexpected<KeepingFailure> failed(std::string sentence) const {
    return std::unexpected(
        KeepingFailure{KeepingProblem::failed, path_.string(), std::move(sentence)});
  }

  std::filesystem::path path_;
  sqlite::OnFailedSync told_;
  std::optional<sqlite::Database> database_;
};

KeepingFailure SqliteKeptReports::failure(const sqlite::Error& error) const {
  sqlite::tell_failed_sync(told_, path_, error);
  if (error.is_busy()) {
    return {KeepingProblem::unavailable, path_.string(),
            "another process does not let go of it: try again"};
  }
  if (error.is_disk_full()) {
    return {KeepingProblem::unavailable, path_.string(), "the disk is full: free space"};
  }
  if (error.is_out_of_files()) {
    return {KeepingProblem::unavailable, path_.string(),
            "too many files are open: try again, or raise the limit of sluiced"};
  }
  return {KeepingProblem::failed, path_.string(), fmt::format("SQLite says: {}", error.message)};
}

Result<void> SqliteKeptReports::open() {
  if (database_) return {};
  database_ = SLUICE_TRY(ours(sqlite::Database::open(path_)));
  auto made = make_or_check_tables();
  if (!made) database_.reset();
  return made;
}

Result<void> SqliteKeptReports::make_or_check_tables() {
  // The lock first: two processes may open a new file at the same moment.
  auto transaction = SLUICE_TRY(ours(sqlite::Transaction::begin(*database_)));
  auto there = SLUICE_TRY(ours(database_->prepare(
      "SELECT user_version, (SELECT count(*) FROM sqlite_master) FROM pragma_user_version")));
  SLUICE_TRY(ours(there.step()));
  const std::int64_t found = there.integer(0);
  const bool is_empty = there.integer(1) == 0;
  there.reset();
  if (auto why = sqlite::why_too_late(found, newest_format)) {
    return failed(*std::move(why));
  }
  if (found > 0) return {};
  if (!is_empty) return failed("it is a database of something else");
  SLUICE_TRY(ours(database_->execute(edges_ddl)));
  SLUICE_TRY(ours(database_->execute(fmt::format("PRAGMA user_version={}", newest_format))));
  return ours(transaction.commit());
}

Result<void> SqliteKeptReports::keep(const KeptReport& report) {
  SLUICE_TRY(open());
  const std::string json = to_json(report.report);
  auto write = SLUICE_TRY(ours(database_->prepare(
      R"sql(
        INSERT INTO quarantine_report (bureau, node, received_at, report)
        VALUES (?, ?, ?, ?)
        ON CONFLICT (bureau) DO UPDATE
        SET node = excluded.node, received_at = excluded.received_at, report = excluded.report)sql")));
  write.bind(1, report.bureau.str())
      .bind(2, report.node.str())
      .bind(3, std::int64_t{report.received_at.time_since_epoch().count()})
      .bind(4, json);
  return ours(write.run());
}

Result<std::vector<KeptReport>> SqliteKeptReports::all() {
  if (!database_) {
    std::error_code error;
    const bool is_there = std::filesystem::exists(path_, error);
    if (error) return failed("can not be read: " + error.message());
    if (!is_there) return std::vector<KeptReport>();
  }
  SLUICE_TRY(open());
  auto select = SLUICE_TRY(ours(database_->prepare(
      "SELECT bureau, node, received_at, report FROM quarantine_report ORDER BY bureau")));
  std::vector<KeptReport> all;
  while (SLUICE_TRY(ours(select.step()))) {
    auto report = parse_report(select.text(3));
    if (!report) return failed("a report is not ours: " + report.error().sentence);
    all.push_back({record::BureauId(std::string(select.text(0))),
                   record::NodeId(std::string(select.text(1))),
                   record::Time(std::chrono::milliseconds(select.integer(2))), std::move(*report)});
  }
  return all;
}

}  // namespace

std::unique_ptr<KeptReports> open_sqlite(std::filesystem::path file, sqlite::OnFailedSync told) {
  return std::make_unique<SqliteKeptReports>(std::move(file), std::move(told));
}

}  // namespace sluice::edges

#include "reconciliation/reports.h"

#include <algorithm>
#include <chrono>
#include <string_view>
#include <system_error>
#include <utility>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "reconciliation/ddl.h"
#include "reconciliation/format.h"
#include "record/recast.h"
#include "record/try.h"
#include "sqlite/format.h"

namespace sluice::reconciliation {
namespace {

constexpr std::string_view report_columns =
    "id, bureau, dataset, at, key_fields, source_records, central_records, missing, extra, "
    "different, fleeting, not_passing, rows_read, sent, deleted, left_missing, left_extra, "
    "left_different, unrepaired, named";

std::string json_of(const std::vector<std::string>& texts) {
  return boost::json::serialize(boost::json::array(texts.begin(), texts.end()));
}

std::vector<std::string> texts_of(std::string_view text) {
  std::vector<std::string> texts;
  boost::system::error_code malformed;
  const boost::json::value value =
      boost::json::parse(boost::json::string_view(text.data(), text.size()), malformed);
  if (malformed || !value.is_array()) return texts;
  for (const boost::json::value& each : value.get_array()) {
    if (const auto* one = each.if_string()) texts.emplace_back(one->data(), one->size());
  }
  return texts;
}

KeptReport report_of(const sqlite::Statement& row) {
  const auto number = [&](int column) { return static_cast<std::uint64_t>(row.integer(column)); };
  KeptReport report{.id = row.integer(0),
                    .bureau = record::BureauId(std::string(row.text(1))),
                    .dataset = record::DatasetId(std::string(row.text(2))),
                    .at = record::Time(std::chrono::milliseconds(row.integer(3))),
                    .key_fields = texts_of(row.text(4)),
                    .source_records = number(5),
                    .central_records = number(6),
                    .found = {number(7), number(8), number(9)},
                    .fleeting = number(10),
                    .not_passing = number(11),
                    .rows_read = number(12),
                    .unrepaired = std::string(row.text(18)),
                    .named = number(19)};
  if (!row.is_null(13)) {
    report.repair = KeptRepair{.sent = number(13), .deleted = number(14)};
    if (!row.is_null(15))
      report.repair->left = DifferenceCounts{number(15), number(16), number(17)};
  }
  return report;
}

// Bound or NULL.
void bind_number(sqlite::Statement& statement, int index,
                 const std::optional<std::uint64_t>& number) {
  if (number) {
    statement.bind(index, *number);
  } else {
    statement.bind_null(index);
  }
}

void bind_repair(sqlite::Statement& insert, const std::optional<KeptRepair>& repair) {
  std::optional<std::uint64_t> sent, deleted, missing, extra, different;
  if (repair) {
    sent = repair->sent;
    deleted = repair->deleted;
  }
  if (repair && repair->left) {
    missing = repair->left->missing;
    extra = repair->left->extra;
    different = repair->left->different;
  }
  bind_number(insert, 13, sent);
  bind_number(insert, 14, deleted);
  bind_number(insert, 15, missing);
  bind_number(insert, 16, extra);
  bind_number(insert, 17, different);
}

}  // namespace

bool KeptReport::is_same() const {
  if (!unrepaired.empty()) return false;
  if (!repair) return found.all() == 0;
  return repair->left && repair->left->all() == 0;
}

Failure Reports::failure(const std::string& sentence) const {
  return {Problem::reports, file_.string(), sentence};
}

template <class T>
Result<T> Reports::ours(sqlite::Result<T> result) const {
  return record::recast(std::move(result),
                        [this](const sqlite::Error& error) { return failure(error.message); });
}

Result<Reports> Reports::open(const std::filesystem::path& file) {
  auto database = sqlite::Database::open(file);
  if (!database) {
    return std::unexpected(Failure{Problem::reports, file.string(), database.error().message});
  }
  Reports reports(std::move(*database), file);
  SLUICE_TRY(reports.make_or_check_tables());
  return reports;
}

Result<std::optional<Reports>> Reports::open_if_there(const std::filesystem::path& file) {
  std::error_code is_not_there;
  if (!std::filesystem::exists(file, is_not_there)) return std::nullopt;
  return SLUICE_TRY(open(file));
}

Result<void> Reports::make_or_check_tables() {
  // The lock first: two comparisons may make the file at the same moment.
  auto transaction = SLUICE_TRY(ours(sqlite::Transaction::begin(database_)));
  auto version = SLUICE_TRY(ours(database_.prepare("PRAGMA user_version")));
  SLUICE_TRY(ours(version.step()));
  const std::int64_t found = version.integer(0);
  version.reset();
  if (found == newest_format) return {};
  if (auto why = sqlite::why_too_late(found, newest_format)) {
    return std::unexpected(failure(*why));
  }
  SLUICE_TRY(ours(database_.execute(reconciliation_ddl)));
  SLUICE_TRY(ours(database_.execute(fmt::format("PRAGMA user_version={}", newest_format))));
  return ours(transaction.commit());
}

Result<std::int64_t> Reports::keep(const KeptReport& report,
                                   const std::vector<Difference>& differences) {
  const std::size_t named = std::min(differences.size(), differences_kept);
  auto transaction = SLUICE_TRY(ours(sqlite::Transaction::begin(database_)));
  auto insert = SLUICE_TRY(ours(database_.prepare(
      R"sql(
        INSERT INTO report
        VALUES (NULL, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18,
          ?19))sql")));
  const std::string key_fields = json_of(report.key_fields);
  insert.bind(1, std::string_view(report.bureau.str()))
      .bind(2, std::string_view(report.dataset.str()))
      .bind(3, report.at.time_since_epoch().count())
      .bind(4, std::string_view(key_fields))
      .bind(5, report.source_records)
      .bind(6, report.central_records)
      .bind(7, report.found.missing)
      .bind(8, report.found.extra)
      .bind(9, report.found.different)
      .bind(10, report.fleeting)
      .bind(11, report.not_passing)
      .bind(12, report.rows_read)
      .bind(18, std::string_view(report.unrepaired))
      .bind(19, std::uint64_t{named});
  bind_repair(insert, report.repair);
  SLUICE_TRY(ours(insert.run()));
  const std::int64_t id = database_.last_row_id();
  auto add = SLUICE_TRY(ours(database_.prepare("INSERT INTO difference VALUES (?1, ?2, ?3, ?4)")));
  for (std::size_t i = 0; i < named; ++i) {
    const std::string key = json_of(differences[i].key);
    add.bind(1, id)
        .bind(2, std::uint64_t{i + 1})
        .bind(3, static_cast<std::int64_t>(differences[i].kind))
        .bind(4, std::string_view(key));
    SLUICE_TRY(ours(add.run()));
  }
  auto forget = SLUICE_TRY(ours(database_.prepare(
      R"sql(
        DELETE FROM report
        WHERE bureau = ?1 AND dataset = ?2 AND id <= (
          SELECT id
          FROM report
          WHERE bureau = ?1 AND dataset = ?2
          ORDER BY id DESC LIMIT 1 OFFSET ?3
        ))sql")));
  forget.bind(1, std::string_view(report.bureau.str()))
      .bind(2, std::string_view(report.dataset.str()))
      .bind(3, std::uint64_t{reports_kept});
  SLUICE_TRY(ours(forget.run()));
  SLUICE_TRY(ours(transaction.commit()));
  return id;
}

Result<std::vector<KeptReport>> Reports::read(sqlite::Statement& statement) const {
  std::vector<KeptReport> found;
  while (true) {
    const bool is_row = SLUICE_TRY(ours(statement.step()));
    if (!is_row) return found;
    found.push_back(report_of(statement));
  }
}

Result<std::vector<KeptReport>> Reports::latest(const std::optional<record::BureauId>& bureau) {
  auto statement = SLUICE_TRY(ours(database_.prepare(
      fmt::format("SELECT {} FROM report WHERE id IN (SELECT max(id) FROM report {} GROUP BY "
                  "bureau, dataset) ORDER BY bureau, dataset",
                  report_columns, bureau ? "WHERE bureau = ?1" : ""))));
  if (bureau) statement.bind(1, std::string_view(bureau->str()));
  return read(statement);
}

Result<std::vector<KeptReport>> Reports::all_of(const record::BureauId& bureau,
                                                const record::DatasetId& dataset) {
  auto statement = SLUICE_TRY(ours(database_.prepare(
      fmt::format("SELECT {} FROM report WHERE bureau = ?1 AND dataset = ?2 ORDER BY id DESC",
                  report_columns))));
  statement.bind(1, std::string_view(bureau.str())).bind(2, std::string_view(dataset.str()));
  return read(statement);
}

Result<std::optional<KeptReport>> Reports::find(std::int64_t id) {
  auto statement = SLUICE_TRY(
      ours(database_.prepare(fmt::format("SELECT {} FROM report WHERE id = ?1", report_columns))));
  statement.bind(1, id);
  auto found = SLUICE_TRY(read(statement));
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

Result<std::vector<KeptDifference>> Reports::differences(std::int64_t report, std::uint64_t after,
                                                         std::size_t most) {
  auto statement = SLUICE_TRY(ours(database_.prepare(
      R"sql(
        SELECT number, kind, key
        FROM difference
        WHERE report = ?1 AND number > ?2
        ORDER BY number LIMIT ?3)sql")));
  statement.bind(1, report).bind(2, after).bind(3, std::uint64_t{most});
  std::vector<KeptDifference> found;
  while (true) {
    const bool is_row = SLUICE_TRY(ours(statement.step()));
    if (!is_row) return found;
    found.push_back({.number = static_cast<std::uint64_t>(statement.integer(0)),
                     .kind = static_cast<Kind>(statement.integer(1)),
                     .key = texts_of(statement.text(2))});
  }
}

}  // namespace sluice::reconciliation

#include "runs/run_history.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "runs/history_format.h"
#include "sqlite/format.h"

namespace sluice::runs {
namespace {

constexpr std::int64_t runs_kept = 1000;

// Outcomes of runs that did what they are for.
constexpr std::string_view successes[] = {"succeeded", "quarantined", "differs", "held-back"};

constexpr const char* history_ddl =
    R"sql(
      CREATE TABLE IF NOT EXISTS run (
        id INTEGER PRIMARY KEY,
        bureau TEXT NOT NULL,
        task TEXT NOT NULL,
        reason TEXT NOT NULL,
        started INTEGER NOT NULL,
        ended INTEGER,
        outcome TEXT NOT NULL,
        sentence TEXT NOT NULL,
        summary TEXT NOT NULL
      );
      CREATE INDEX IF NOT EXISTS run_job ON run (bureau, task, id);
      CREATE INDEX IF NOT EXISTS run_bureau ON run (bureau, id);
      CREATE INDEX IF NOT EXISTS run_task ON run (task, id);
      CREATE INDEX IF NOT EXISTS run_outcome ON run (outcome, id);
      CREATE TABLE IF NOT EXISTS paused (bureau TEXT PRIMARY KEY) WITHOUT ROWID)sql";

std::int64_t seconds_of(schedule::Moment moment) {
  return moment.time_since_epoch().count();
}

schedule::Moment moment_of(std::int64_t seconds) {
  return schedule::Moment(std::chrono::seconds(seconds));
}

}  // namespace

bool has_succeeded(const std::string& outcome) {
  return std::ranges::find(successes, outcome) != std::end(successes);
}

bool is_failure(const std::string& outcome) {
  return !has_succeeded(outcome) && outcome != "stopped";
}

std::string query_of(const RunFilter& filter) {
  std::string query =
      R"sql(
        SELECT id, bureau, task, reason, started, ended, outcome, sentence, summary
        FROM run
        WHERE id < ?1)sql";
  if (filter.bureau) query += " AND bureau = ?3";
  if (filter.task) query += " AND task = ?4";
  if (filter.outcome) query += " AND outcome = ?5";
  return query + " ORDER BY id DESC LIMIT ?2";
}

std::unexpected<HistoryFailure> RunHistory::failure(const sqlite::Error& error) const {
  return std::unexpected(HistoryFailure{HistoryProblem::failed, file_.string(), error.message});
}

std::expected<RunHistory, HistoryFailure> RunHistory::open(const std::filesystem::path& file) {
  auto database = sqlite::Database::open(file);
  if (!database) {
    return std::unexpected(
        HistoryFailure{HistoryProblem::failed, file.string(), database.error().message});
  }
  RunHistory history(std::move(*database), file);
  auto why = sqlite::make_or_check(history.database_, {newest_history_format, history_ddl});
  if (!why) return history.failure(why.error());
  if (*why) {
    return std::unexpected(HistoryFailure{HistoryProblem::failed, file.string(), **std::move(why)});
  }
  // A run that a power cut forgets is not worth an fsync each.
  auto set = history.database_.execute("PRAGMA synchronous = NORMAL");
  if (!set) return history.failure(set.error());
  return history;
}

std::expected<std::optional<RunHistory>, HistoryFailure> RunHistory::open_if_there(
    const std::filesystem::path& file) {
  std::error_code is_not_there;
  if (!std::filesystem::exists(file, is_not_there)) return std::nullopt;
  auto opened = open(file);
  if (!opened) return std::unexpected(opened.error());
  return std::move(*opened);
}

std::expected<void, HistoryFailure> RunHistory::lose_unfinished(const JobName& job,
                                                                schedule::Moment at) {
  auto statement = database_.prepare(
      R"sql(
        UPDATE run
        SET ended = ?3, outcome = 'lost', sentence = 'the daemon ended before the run did'
        WHERE bureau = ?1 AND task = ?2 AND ended IS NULL)sql");
  if (!statement) return failure(statement.error());
  auto done = statement->bind(1, std::string_view(job.bureau.str()))
                  .bind(2, std::string_view(job.task))
                  .bind(3, seconds_of(at))
                  .run();
  if (!done) return failure(done.error());
  return {};
}

std::expected<std::int64_t, HistoryFailure> RunHistory::begin(const JobName& job,
                                                              std::string_view reason,
                                                              schedule::Moment at) {
  auto statement = database_.prepare(
      R"sql(
        INSERT INTO run (bureau, task, reason, started, outcome, sentence, summary)
        VALUES (?1, ?2, ?3, ?4, '', '', ''))sql");
  if (!statement) return failure(statement.error());
  auto done = statement->bind(1, std::string_view(job.bureau.str()))
                  .bind(2, std::string_view(job.task))
                  .bind(3, reason)
                  .bind(4, seconds_of(at))
                  .run();
  if (!done) return failure(done.error());
  return database_.last_row_id();
}

std::expected<void, HistoryFailure> RunHistory::end(const Run& run) {
  auto statement = database_.prepare(
      "UPDATE run SET ended = ?2, outcome = ?3, sentence = ?4, summary = ?5 WHERE id = ?1");
  if (!statement) return failure(statement.error());
  auto done = statement->bind(1, run.id)
                  .bind(2, seconds_of(run.ended.value_or(run.started)))
                  .bind(3, std::string_view(run.outcome))
                  .bind(4, std::string_view(run.sentence))
                  .bind(5, std::string_view(run.summary))
                  .run();
  if (!done) return failure(done.error());
  auto forget = database_.prepare(
      R"sql(
        DELETE FROM run
        WHERE bureau = ?1 AND task = ?2 AND id <= (
          SELECT id
          FROM run
          WHERE bureau = ?1 AND task = ?2
          ORDER BY id DESC LIMIT 1 OFFSET ?3
        ))sql");
  if (!forget) return failure(forget.error());
  done = forget->bind(1, std::string_view(run.job.bureau.str()))
             .bind(2, std::string_view(run.job.task))
             .bind(3, runs_kept)
             .run();
  if (!done) return failure(done.error());
  return {};
}

std::expected<std::vector<Run>, HistoryFailure> RunHistory::last(const JobName& job,
                                                                 std::size_t most) {
  return find({.bureau = job.bureau, .task = job.task}, most);
}

std::expected<std::optional<schedule::Moment>, HistoryFailure> RunHistory::last_success(
    const JobName& job) {
  auto statement = database_.prepare(fmt::format(R"sql(
        SELECT started
        FROM run
        WHERE bureau = ?1 AND task = ?2 AND outcome IN ('{}')
        ORDER BY id DESC LIMIT 1)sql",
                                                 fmt::join(successes, "', '")));
  if (!statement) return failure(statement.error());
  const auto row = statement->bind(1, std::string_view(job.bureau.str()))
                       .bind(2, std::string_view(job.task))
                       .step();
  if (!row) return failure(row.error());
  if (!*row) return std::nullopt;
  return moment_of(statement->integer(0));
}

std::expected<std::vector<Run>, HistoryFailure> RunHistory::find(const RunFilter& filter,
                                                                 std::size_t most) {
  auto statement = database_.prepare(query_of(filter));
  if (!statement) return failure(statement.error());
  statement->bind(1, filter.before.value_or(std::numeric_limits<std::int64_t>::max()))
      .bind(2, static_cast<std::int64_t>(most));
  if (filter.bureau) statement->bind(3, std::string_view(filter.bureau->str()));
  if (filter.task) statement->bind(4, std::string_view(*filter.task));
  if (filter.outcome) statement->bind(5, std::string_view(*filter.outcome));
  std::vector<Run> runs;
  while (true) {
    const auto row = statement->step();
    if (!row) return failure(row.error());
    if (!*row) return runs;
    const auto text = [&](int column) { return std::string(statement->text(column)); };
    Run run{.id = statement->integer(0),
            .job = {record::BureauId(text(1)), text(2)},
            .reason = text(3),
            .started = moment_of(statement->integer(4)),
            .outcome = text(6),
            .sentence = text(7),
            .summary = text(8)};
    if (!statement->is_null(5)) run.ended = moment_of(statement->integer(5));
    runs.push_back(std::move(run));
  }
}

std::expected<bool, HistoryFailure> RunHistory::is_paused(const record::BureauId& bureau) {
  auto statement = database_.prepare("SELECT 1 FROM paused WHERE bureau = ?1");
  if (!statement) return failure(statement.error());
  const auto row = statement->bind(1, std::string_view(bureau.str())).step();
  if (!row) return failure(row.error());
  return *row;
}

std::expected<void, HistoryFailure> RunHistory::set_paused(const record::BureauId& bureau,
                                                           bool paused) {
  auto statement = database_.prepare(paused ? "INSERT OR IGNORE INTO paused VALUES (?1)"
                                            : "DELETE FROM paused WHERE bureau = ?1");
  if (!statement) return failure(statement.error());
  auto done = statement->bind(1, std::string_view(bureau.str())).run();
  if (!done) return failure(done.error());
  return {};
}

}  // namespace sluice::runs

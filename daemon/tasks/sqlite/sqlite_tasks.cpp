#include "tasks/sqlite/sqlite_tasks.h"

#include <chrono>
#include <span>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "record/recast.h"
#include "record/try.h"
#include "sqlite/checkpoints.h"
#include "sqlite/compiled_statements.h"
#include "sqlite/database.h"
#include "sqlite/format.h"
#include "sqlite/write_turns.h"
#include "tasks/format.h"
#include "tasks/sqlite/ddl.h"
#include "tasks/sqlite/format_1.h"

namespace sluice::tasks {
namespace {

// As long as for another process, which is who it is that holds up those before.
constexpr std::chrono::milliseconds longest_wait{sqlite::Database::default_busy_timeout_ms};

// What all who have opened the file in this process share.
struct SharedFile {
  SharedFile(const std::filesystem::path& path, sqlite::OnFailedSync listener)
      : told(std::move(listener)), checkpoints(path, turns, told) {}
  sqlite::OnFailedSync told;
  sqlite::WriteTurns turns;
  sqlite::Checkpoints checkpoints;  // behind the turns, which it takes
};

class SqliteTaskDatabase final : public TaskDatabase, private Statements {
 public:
  SqliteTaskDatabase(std::filesystem::path path, std::shared_ptr<SharedFile> shared)
      : path_(std::move(path)), shared_(std::move(shared)) {}

  Result<bool> transact(Purpose purpose, const Work& work) override;

 private:
  Result<std::vector<Row>> run(const Query& query) override;
  Result<void> run_all(std::span<const Query> queries) override;
  Result<std::vector<Row>> read(sqlite::Statement& statement, const Query& query) const;
  [[nodiscard]] const Dialect& dialect() const override { return sqlite_dialect(); }

  Result<bool> transact_now(Purpose purpose, const Work& work);
  // Whether the tables are there, made if that is the purpose.
  Result<bool> open(Purpose purpose);
  // Makes what is not there yet of the newest format, with what is there of an earlier one.
  Result<void> bring_tables_up();
  Result<void> make_or_check_tables();
  // That of the tables in the file, refused where they are not ours; less than the first where
  // there are none.
  Result<std::int64_t> found_format();

  template <class T>
  [[nodiscard]] Result<T> ours(sqlite::Result<T> result) const {
    return record::recast(std::move(result),
                          [this](const sqlite::Error& error) { return failure(error); });
  }
  [[nodiscard]] TaskFailure failure(const sqlite::Error& error) const;
  [[nodiscard]] TaskFailure failed(std::string sentence) const;

  std::filesystem::path path_;
  std::shared_ptr<SharedFile> shared_;
  struct Opened {
    sqlite::Database database;
    sqlite::CompiledStatements compiled;  // behind the database: they go first
  };
  std::optional<Opened> opened_;
};

TaskFailure SqliteTaskDatabase::failed(std::string sentence) const {
  return {TaskProblem::failed, path_.string(), std::move(sentence)};
}

TaskFailure SqliteTaskDatabase::failure(const sqlite::Error& error) const {
  sqlite::tell_failed_sync(shared_->told, path_, error);
  if (error.is_busy()) {
    return {TaskProblem::unavailable, path_.string(),
            "another process does not let go of it: try again"};
  }
  if (error.is_disk_full()) {
    return {TaskProblem::no_room, path_.string(), "the disk is full: free space"};
  }
  if (error.is_out_of_files()) {
    return {TaskProblem::unavailable, path_.string(),
            "too many files are open: try again, or raise the limit of sluiced"};
  }
  return failed(fmt::format("SQLite says: {}", error.message));
}

Result<bool> SqliteTaskDatabase::transact(Purpose purpose, const Work& work) {
  if (purpose == Purpose::look || purpose == Purpose::glance) return transact_now(purpose, work);
  if (const auto lost = shared_->checkpoints.failure()) {
    return std::unexpected(failed(
        fmt::format("the disk has failed to take what was written before, and nothing more is "
                    "written: look at the disk, then start the node anew (SQLite: {})",
                    lost->message)));
  }
  const auto turn = shared_->turns.take(longest_wait);
  if (!turn) {
    return std::unexpected(TaskFailure{TaskProblem::unavailable, path_.string(),
                                       "others who write to it take too long: try again"});
  }
  if (purpose != Purpose::note) return transact_now(purpose, work);
  if (!SLUICE_TRY(open(purpose))) return false;
  SLUICE_TRY(ours(opened_->database.execute("PRAGMA synchronous=NORMAL")));
  Result<bool> noted = false;
  try {
    noted = transact_now(purpose, work);
  } catch (...) {
    opened_.reset();  // else what is changed by it later would not be flushed either
    throw;
  }
  if (auto again = ours(opened_->database.execute("PRAGMA synchronous=FULL")); !again) {
    opened_.reset();  // the next one is opened as it should be
    return std::unexpected(std::move(again).error());
  }
  return noted;
}

Result<bool> SqliteTaskDatabase::transact_now(Purpose purpose, const Work& work) {
  if (!SLUICE_TRY(open(purpose))) return false;
  if (purpose == Purpose::glance) {
    SLUICE_TRY(work(*this));
    return true;
  }
  auto transaction = SLUICE_TRY(ours(purpose == Purpose::look
                                         ? sqlite::Transaction::begin_reading(opened_->database)
                                         : sqlite::Transaction::begin(opened_->database)));
  SLUICE_TRY(work(*this));
  SLUICE_TRY(ours(transaction.commit()));
  return true;
}

Result<std::vector<Row>> SqliteTaskDatabase::run(const Query& query) {
  sqlite::Statement& statement =
      *SLUICE_TRY(ours(opened_->compiled.take(query.sql, opened_->database)));
  auto rows = read(statement, query);
  statement.reset();  // else it reads on, and keeps the file's state from before
  return rows;
}

Result<void> SqliteTaskDatabase::run_all(std::span<const Query> queries) {
  for (const Query& query : queries)
    SLUICE_TRY(run(query));
  return {};
}

Result<std::vector<Row>> SqliteTaskDatabase::read(sqlite::Statement& statement,
                                                  const Query& query) const {
  int index = 0;
  for (const Cell& value : query.values) {
    ++index;
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
      statement.bind(index, *number);
    } else if (const auto* text = std::get_if<std::string>(&value)) {
      statement.bind(index, *text);
    } else {
      statement.bind_null(index);
    }
  }
  std::vector<Row> rows;
  while (SLUICE_TRY(ours(statement.step()))) {
    Row& row = rows.emplace_back();
    int column = 0;
    for (const ColumnKind kind : query.answer) {
      if (statement.is_null(column)) {
        row.emplace_back();
      } else if (kind == ColumnKind::text) {
        row.emplace_back(std::string(statement.text(column)));
      } else {
        row.emplace_back(statement.integer(column));
      }
      ++column;
    }
  }
  return rows;
}

Result<bool> SqliteTaskDatabase::open(Purpose purpose) {
  if (opened_) return true;
  std::error_code error;
  const bool is_there = std::filesystem::exists(path_, error);
  if (error) return std::unexpected(failed("can not be read: " + error.message()));
  if (!is_there && purpose != Purpose::make) return false;
  opened_.emplace(SLUICE_TRY(ours(sqlite::Database::open(path_))), sqlite::CompiledStatements());
  opened_->database.tell_log(
      [shared = shared_.get()](int pages) { shared->checkpoints.logged(pages); });
  if (auto made = bring_tables_up(); !made) {
    opened_.reset();
    return std::unexpected(std::move(made).error());
  }
  return true;
}

Result<void> SqliteTaskDatabase::bring_tables_up() {
  // A table that is made anew would take along what refers to it, and within a transaction SQLite
  // does not hear this.
  SLUICE_TRY(ours(opened_->database.execute("PRAGMA foreign_keys=OFF")));
  SLUICE_TRY(make_or_check_tables());
  return ours(opened_->database.execute("PRAGMA foreign_keys=ON"));
}

Result<void> SqliteTaskDatabase::make_or_check_tables() {
  // Who only opens it waits for nobody who writes.
  if (SLUICE_TRY(found_format()) == newest_format) return {};
  // Looked at again under the lock: two processes may open a new file at the same moment.
  auto transaction = SLUICE_TRY(ours(sqlite::Transaction::begin(opened_->database)));
  const auto found = SLUICE_TRY(found_format());
  if (found == newest_format) return {};
  const bool is_there = found >= first_format;
  if (is_there) SLUICE_TRY(ours(opened_->database.execute(std::string(set_format_1_aside))));
  SLUICE_TRY(ours(opened_->database.execute(tasks_ddl)));
  if (is_there) SLUICE_TRY(ours(opened_->database.execute(std::string(take_format_1_over))));
  SLUICE_TRY(ours(opened_->database.execute(fmt::format("PRAGMA user_version={}", newest_format))));
  return ours(transaction.commit());
}

Result<std::int64_t> SqliteTaskDatabase::found_format() {
  const auto format =
      SLUICE_TRY(run({"SELECT user_version, (SELECT count(*) FROM sqlite_master) "
                      "FROM pragma_user_version",
                      {},
                      {ColumnKind::number, ColumnKind::number}}));
  const auto found = std::get<std::int64_t>(format.at(0).at(0));
  if (auto why = sqlite::why_too_late(found, newest_format)) {
    return std::unexpected(failed(*std::move(why)));
  }
  if (found < first_format && std::get<std::int64_t>(format.at(0).at(1)) != 0) {
    return std::unexpected(failed("it is a database of something else"));
  }
  return found;
}

}  // namespace

std::unique_ptr<Tasks> open_sqlite(std::filesystem::path file) {
  return sqlite_opener(std::move(file))();
}

std::function<std::unique_ptr<Tasks>()> sqlite_opener(std::filesystem::path file,
                                                      sqlite::OnFailedSync told) {
  return [file, shared = std::make_shared<SharedFile>(file, std::move(told))] {
    return std::make_unique<Tasks>(std::make_unique<SqliteTaskDatabase>(file, shared));
  };
}

const Dialect& sqlite_dialect() {
  static constexpr Dialect dialect = {
      .tables = "",
      .value = [](int n) { return fmt::format("?{}", n); },
      .time = [](int n) { return fmt::format("?{}", n); },
      .milliseconds = [](std::string_view expression) { return std::string(expression); },
      // The file is locked from the transaction's beginning, so nothing more is to be locked.
      .lock = "",
      .lock_what_nobody_has = "",
      .hand_over_alone = [] { return std::string(); },
  };
  return dialect;
}

}  // namespace sluice::tasks

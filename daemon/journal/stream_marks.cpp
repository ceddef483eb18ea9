#include "journal/stream_marks.h"

#include <utility>

#include <fmt/format.h>

#include "journal/journal_columns.h"
#include "journal/marks_format.h"
#include "record/recast.h"
#include "record/try.h"
#include "sqlite/format.h"

namespace sluice::journal {
namespace {

// Through the write-ahead log this is a write without an fsync, and the file stays whole whatever
// the power does.
constexpr const char* without_fsync = "PRAGMA synchronous=NORMAL";
constexpr const char* with_fsync = "PRAGMA synchronous=FULL";

// A mark that follows is not worth waiting long for: who has a number to tell has rows to take.
constexpr const char* with_little_patience = "PRAGMA busy_timeout=2000";

constexpr const char* marks_ddl = R"sql(
  CREATE TABLE IF NOT EXISTS stream(
    bureau TEXT NOT NULL PRIMARY KEY,
    epoch INTEGER NOT NULL,
    numbered INTEGER NOT NULL
  ) STRICT)sql";

}  // namespace

template <class T>
Result<T> StreamMarks::ours(sqlite::Result<T> result) const {
  return record::recast(std::move(result), [this](const sqlite::Error& error) {
    return JournalFailure{
        error.is_busy() ? JournalProblem::busy : JournalProblem::unreadable, file_.string(),
        fmt::format("what this node remembers of its journals can not be read or written: {}",
                    error.message)};
  });
}

Result<std::unique_ptr<StreamMarks>> StreamMarks::open(const std::filesystem::path& file) {
  auto database = sqlite::Database::open(file);
  const auto failed = [&](const sqlite::Error& error) {
    return std::unexpected(JournalFailure{
        JournalProblem::unreadable, file.string(),
        fmt::format("what this node remembers of its journals can not be read: {}; repair the "
                    "disk, or, where the file is damaged, move it away and see that the journals "
                    "are the latest (docs/restore.md)",
                    error.message)});
  };
  if (!database) return failed(database.error());
  std::unique_ptr<StreamMarks> marks(new StreamMarks(std::move(*database), file));
  auto why = sqlite::make_or_check(marks->database_, {newest_marks_format, marks_ddl});
  if (!why) return failed(why.error());
  if (*why) {
    return std::unexpected(
        JournalFailure{JournalProblem::unreadable, file.string(), **std::move(why)});
  }
  if (auto prepared = marks->prepare_statements(); !prepared) return failed(prepared.error());
  return marks;
}

sqlite::Result<void> StreamMarks::prepare_statements() {
  SLUICE_TRY(database_.execute(without_fsync));
  SLUICE_TRY(database_.execute(with_little_patience));
  const std::pair<sqlite::Statement StreamMarks::*, std::string_view> statements[] = {
      {&StreamMarks::find_, "SELECT epoch, numbered FROM stream WHERE bureau = ?1"},
      {&StreamMarks::begin_, "INSERT OR IGNORE INTO stream VALUES(?1, ?2, ?3)"},
      {&StreamMarks::replace_, "INSERT OR REPLACE INTO stream VALUES(?1, ?2, ?3)"},
      {&StreamMarks::advance_,
       "UPDATE stream SET numbered = ?3 WHERE bureau = ?1 AND epoch = ?2 AND numbered < ?3"},
  };
  SLUICE_TRY(prepare_all(database_, *this, statements));
  return {};
}

sqlite::Result<void> StreamMarks::run(sqlite::Statement& statement, const record::BureauId& bureau,
                                      const StreamMark& mark) {
  return statement.bind(1, bureau.str())
      .bind(2, mark.epoch.value)
      .bind(3, mark.numbered.value)
      .run();
}

sqlite::Result<void> StreamMarks::run_durably(sqlite::Statement& statement,
                                              const record::BureauId& bureau,
                                              const StreamMark& mark) {
  SLUICE_TRY(database_.execute(with_fsync));
  auto done = run(statement, bureau, mark);
  SLUICE_TRY(database_.execute(without_fsync));
  return done;
}

Result<std::optional<StreamMark>> StreamMarks::find(const record::BureauId& bureau) {
  const std::lock_guard lock(mutex_);
  find_.bind(1, bureau.str());
  return ours(first_row(find_, [](const sqlite::Statement& row) {
    return StreamMark{{count(row, 0)}, {count(row, 1)}};
  }));
}

Result<void> StreamMarks::begin(const record::BureauId& bureau, const StreamMark& mark) {
  const std::lock_guard lock(mutex_);
  return ours(run_durably(begin_, bureau, mark));
}

Result<void> StreamMarks::replace(const record::BureauId& bureau, const StreamMark& mark) {
  const std::lock_guard lock(mutex_);
  return ours(run_durably(replace_, bureau, mark));
}

Result<void> StreamMarks::advance(const record::BureauId& bureau, const StreamMark& mark) {
  const std::lock_guard lock(mutex_);
  return ours(run(advance_, bureau, mark));
}

}  // namespace sluice::journal

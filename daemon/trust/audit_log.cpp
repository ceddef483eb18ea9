#include "trust/audit_log.h"

#include <condition_variable>
#include <mutex>
#include <utility>

#include <fmt/format.h>

#include "record/recast.h"
#include "record/try.h"
#include "sqlite/database.h"
#include "sqlite/format.h"
#include "trust/audit_format.h"
#include "trust/audit_line.h"

namespace sluice::trust {
namespace {

using Done = std::expected<void, AuditFailure>;

constexpr const char* audit_ddl =
    R"sql(
      CREATE TABLE IF NOT EXISTS line (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        at INTEGER NOT NULL,
        text TEXT NOT NULL
      ))sql";

// After so much the write-ahead log is moved into the file. SQLite, left to do it by itself,
// swallows what the disk says to that.
constexpr std::size_t checkpoint_bytes = std::size_t{1} << 20;

AuditFailure too_late(const std::filesystem::path& file, std::string why) {
  return {AuditProblem::unreadable, file.string(), std::move(why)};
}

AuditFailure failure(AuditProblem problem, const std::filesystem::path& file,
                     const std::string& what) {
  return {problem, file.string(), fmt::format("SQLite says: {}", what)};
}

}  // namespace

struct AuditLog::State {
  std::filesystem::path file;
  Clock clock;
  std::chrono::days retention;
  sqlite::OnFailedSync told;

  // A line that waits for the disk.
  struct Waiting {
    const AuditEvent* event = nullptr;
    std::optional<Done> done;
  };
  std::mutex mutex;  // of these three
  std::condition_variable written;
  std::vector<Waiting*> waiting;  // in order; their owners block until they are done
  bool is_writing = false;

  // Of whoever has set is_writing.
  sqlite::Database database;
  sqlite::Statement last;
  sqlite::Statement insert;
  sqlite::Statement remove;
  std::size_t bytes_since_checkpoint = 0;
  std::optional<AuditFailure> broken;

  template <class T>
  std::expected<T, AuditFailure> ours(sqlite::Result<T> result) {
    return record::recast(std::move(result), [this](const sqlite::Error& error) {
      sqlite::tell_failed_sync(told, file, error);
      const auto problem = error.is_disk_full() ? AuditProblem::no_room : AuditProblem::not_durable;
      AuditFailure failed = failure(problem, file, error.message);
      if (error.is_durability_failure() && !error.is_disk_full()) broken = failed;
      return failed;
    });
  }
  Done prepare();
  Done append(const AuditEvent& event);
  // All in one transaction: those that came while the disk was busy wait for it once.
  Done write(const std::vector<Waiting*>& lines);
  std::expected<std::size_t, AuditFailure> insert_lines(const std::vector<Waiting*>& lines);
};

Done AuditLog::State::prepare() {
  SLUICE_TRY(ours(database.execute("PRAGMA wal_autocheckpoint=0")));
  auto why = SLUICE_TRY(ours(sqlite::make_or_check(database, {newest_audit_format, audit_ddl})));
  if (why) return std::unexpected(too_late(file, *std::move(why)));
  last = SLUICE_TRY(ours(database.prepare("SELECT text FROM line ORDER BY number DESC LIMIT 1")));
  insert = SLUICE_TRY(ours(database.prepare("INSERT INTO line (at, text) VALUES (?1, ?2)")));
  // By number, as they were written, and not by what a clock said that was set back since.
  remove = SLUICE_TRY(ours(database.prepare(R"sql(
        DELETE FROM line
        WHERE number < (SELECT number FROM line WHERE at >= ?1 ORDER BY number LIMIT 1))sql")));
  return {};
}

Done AuditLog::State::append(const AuditEvent& event) {
  Waiting mine{.event = &event, .done = std::nullopt};
  std::unique_lock lock(mutex);
  waiting.push_back(&mine);
  written.wait(lock, [&] { return mine.done || !is_writing; });
  if (mine.done) return *std::move(mine.done);
  is_writing = true;
  const std::vector<Waiting*> lines = std::exchange(waiting, {});
  lock.unlock();
  Done done =
      std::unexpected(AuditFailure{AuditProblem::not_durable, file.string(), "interrupted"});
  const auto tell = [&] {
    lock.lock();
    is_writing = false;
    for (Waiting* line : lines)
      line->done = done;
    written.notify_all();
  };
  try {
    done = write(lines);
  } catch (...) {
    tell();  // else the others wait for ever
    throw;
  }
  tell();
  return done;
}

Done AuditLog::State::write(const std::vector<Waiting*>& lines) {
  if (broken) return std::unexpected(*broken);
  auto transaction = SLUICE_TRY(ours(sqlite::Transaction::begin(database)));
  const std::size_t bytes = SLUICE_TRY(insert_lines(lines));
  const record::Time oldest = clock() - retention;
  SLUICE_TRY(ours(remove.bind(1, std::int64_t{oldest.time_since_epoch().count()}).run()));
  SLUICE_TRY(ours(transaction.commit()));
  bytes_since_checkpoint += bytes;
  if (bytes_since_checkpoint < checkpoint_bytes) return {};
  bytes_since_checkpoint = 0;
  return ours(database.checkpoint());
}

std::expected<std::size_t, AuditFailure> AuditLog::State::insert_lines(
    const std::vector<Waiting*>& lines) {
  last.reset();
  const bool has_last = SLUICE_TRY(ours(last.step()));
  record::Digest previous = has_last ? record::sha256(last.text(0)) : record::Digest{};
  last.reset();
  std::size_t bytes = 0;
  for (const Waiting* const waits : lines) {
    const record::Time now = clock();
    const std::string line = make_audit_line(now, *waits->event, previous);
    SLUICE_TRY(ours(insert.bind(1, std::int64_t{now.time_since_epoch().count()})
                        .bind(2, std::string_view(line))
                        .run()));
    previous = record::sha256(line);
    bytes += line.size();
  }
  return bytes;
}

AuditLog::AuditLog(std::unique_ptr<State> state) : state_(std::move(state)) {}
AuditLog::AuditLog(AuditLog&&) noexcept = default;
AuditLog& AuditLog::operator=(AuditLog&&) noexcept = default;
AuditLog::~AuditLog() = default;

std::expected<AuditLog, AuditFailure> AuditLog::open(const std::filesystem::path& file, Clock clock,
                                                     std::chrono::days retention,
                                                     sqlite::OnFailedSync told) {
  auto database = sqlite::Database::open(file);
  if (!database) {
    return std::unexpected(failure(AuditProblem::unreadable, file, database.error().message));
  }
  auto state = std::make_unique<State>();
  state->file = file;
  state->clock = std::move(clock);
  state->retention = retention;
  state->told = std::move(told);
  state->database = std::move(*database);
  SLUICE_TRY(state->prepare());
  return AuditLog(std::move(state));
}

std::expected<void, AuditFailure> AuditLog::append(const AuditEvent& event) {
  return state_->append(event);
}

Done read_audit_log(const std::filesystem::path& file,
                    const std::function<bool(std::string_view line)>& consume) {
  const auto unreadable = [&](const std::string& what) {
    return std::unexpected(failure(AuditProblem::unreadable, file, what));
  };
  if (!std::filesystem::exists(file)) return unreadable("there is no such file");
  auto database = sqlite::Database::open(file);
  if (!database) return unreadable(database.error().message);
  const auto format = sqlite::format_of(*database);
  if (!format) return unreadable(format.error().message);
  if (auto why = sqlite::why_too_late(*format, newest_audit_format)) {
    return std::unexpected(too_late(file, *std::move(why)));
  }
  auto lines = database->prepare("SELECT text FROM line ORDER BY number");
  if (!lines) return unreadable(lines.error().message);
  while (true) {
    const auto row = lines->step();
    if (!row) return unreadable(row.error().message);
    if (!*row || !consume(lines->text(0))) return {};
  }
}

std::expected<AuditReport, AuditFailure> verify_audit_log(const std::filesystem::path& file) {
  AuditReport report;
  std::optional<record::Digest> head;  // nothing before the first line
  SLUICE_TRY(read_audit_log(file, [&](std::string_view line) {
    const auto previous = previous_of(line);
    if (!previous || (head && *previous != *head)) {
      report.first_break = AuditBreak{
          report.lines + 1, previous ? "this line does not hold the digest of the line before it: "
                                       "a line was changed, taken out or put in here"
                                     : "this is not a line of the audit log"};
      return false;
    }
    ++report.lines;
    head = record::sha256(line);
    return true;
  }));
  return report;
}

}  // namespace sluice::trust

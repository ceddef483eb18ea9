#include "trust/audit_log.h"

#include <mutex>

#include <fmt/format.h>

#include "record/recast.h"
#include "record/try.h"
#include "sqlite/database.h"
#include "trust/audit_line.h"

namespace sluice::trust {
namespace {

using Done = std::expected<void, AuditFailure>;

constexpr const char* create_table =
    R"sql(
      CREATE TABLE IF NOT EXISTS line (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        at INTEGER NOT NULL,
        text TEXT NOT NULL
      ))sql";

// After so much the write-ahead log is moved into the file. SQLite, left to do it by itself,
// swallows what the disk says to that.
constexpr std::size_t checkpoint_bytes = std::size_t{1} << 20;

AuditFailure failure(AuditProblem problem, const std::filesystem::path& file,
                     const std::string& what) {
  return {problem, file.string(), fmt::format("SQLite says: {}", what)};
}

}  // namespace

struct AuditLog::State {
  std::filesystem::path file;
  Clock clock;
  std::chrono::days retention;
  std::mutex mutex;  // of all below
  sqlite::Database database;
  sqlite::Statement last;
  sqlite::Statement insert;
  sqlite::Statement remove;
  std::size_t bytes_since_checkpoint = 0;
  std::optional<AuditFailure> broken;

  template <class T>
  std::expected<T, AuditFailure> ours(sqlite::Result<T> result) {
    return record::recast(std::move(result), [this](const sqlite::Error& error) {
      AuditFailure failed = failure(AuditProblem::not_durable, file, error.message);
      if (error.is_durability_failure() && !error.is_disk_full()) broken = failed;
      return failed;
    });
  }
  Done prepare();
  Done append(const AuditEvent& event);
};

Done AuditLog::State::prepare() {
  SLUICE_TRY(ours(database.execute("PRAGMA wal_autocheckpoint=0")));
  SLUICE_TRY(ours(database.execute(create_table)));
  last = SLUICE_TRY(ours(database.prepare("SELECT text FROM line ORDER BY number DESC LIMIT 1")));
  insert = SLUICE_TRY(ours(database.prepare("INSERT INTO line (at, text) VALUES (?1, ?2)")));
  // By number, as they were written, and not by what a clock said that was set back since.
  remove = SLUICE_TRY(ours(database.prepare(R"sql(
        DELETE FROM line
        WHERE number < (SELECT number FROM line WHERE at >= ?1 ORDER BY number LIMIT 1))sql")));
  return {};
}

Done AuditLog::State::append(const AuditEvent& event) {
  const std::lock_guard lock(mutex);
  if (broken) return std::unexpected(*broken);
  auto transaction = SLUICE_TRY(ours(sqlite::Transaction::begin(database)));
  last.reset();
  const bool has_last = SLUICE_TRY(ours(last.step()));
  const record::Digest previous = has_last ? record::sha256(last.text(0)) : record::Digest{};
  last.reset();
  const record::Time now = clock();
  const std::string line = make_audit_line(now, event, previous);
  const record::Time oldest = now - retention;
  SLUICE_TRY(ours(insert.bind(1, std::int64_t{now.time_since_epoch().count()})
                      .bind(2, std::string_view(line))
                      .run()));
  SLUICE_TRY(ours(remove.bind(1, std::int64_t{oldest.time_since_epoch().count()}).run()));
  SLUICE_TRY(ours(transaction.commit()));
  bytes_since_checkpoint += line.size();
  if (bytes_since_checkpoint < checkpoint_bytes) return {};
  bytes_since_checkpoint = 0;
  return ours(database.checkpoint());
}

AuditLog::AuditLog(std::unique_ptr<State> state) : state_(std::move(state)) {}
AuditLog::AuditLog(AuditLog&&) noexcept = default;
AuditLog& AuditLog::operator=(AuditLog&&) noexcept = default;
AuditLog::~AuditLog() = default;

std::expected<AuditLog, AuditFailure> AuditLog::open(const std::filesystem::path& file, Clock clock,
                                                     std::chrono::days retention) {
  auto database = sqlite::Database::open(file);
  if (!database) {
    return std::unexpected(failure(AuditProblem::unreadable, file, database.error().message));
  }
  auto state = std::make_unique<State>();
  state->file = file;
  state->clock = std::move(clock);
  state->retention = retention;
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

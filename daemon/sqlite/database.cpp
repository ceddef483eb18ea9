#include "sqlite/database.h"

#include <cerrno>
#include <chrono>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>

#include "files/sync.h"

namespace sluice::sqlite {
namespace {

// SQLite says "unable to open database file" of whatever keeps it from that.
Error last_error(sqlite3* database) {
  const int system_error = errno;
  const int code = sqlite3_extended_errcode(database);
  std::string message = sqlite3_errmsg(database);
  if ((code & 0xFF) == SQLITE_CANTOPEN && system_error != 0) {
    message += ": " + std::generic_category().message(system_error);
  }
  return {code, std::move(message), system_error};
}

// Before a call whose failure last_error() is to tell: SQLite has no other way to tell of a quota
// than the system's own word, which a call that succeeds does not take back.
void forget_system_error() {
  errno = 0;
}

int primary_code(int extended) {
  return extended & 0xFF;
}

// A wrong index or a misuse is ours, not the disk's.
void demand(sqlite3_stmt* statement, int result) {
  if (result != SQLITE_OK) {
    throw std::logic_error(
        fmt::format("SQLite: binding failed: {}", sqlite3_errmsg(sqlite3_db_handle(statement))));
  }
}

// SQLite fsyncs what is in its files, not that a new file has a name.
Result<void> sync_directory(const std::filesystem::path& directory) {
  if (files::sync(directory)) return {};
  const int system_error = errno;
  const bool is_unopened = system_error == EMFILE || system_error == ENFILE;
  return std::unexpected(Error{is_unopened ? SQLITE_CANTOPEN : SQLITE_IOERR_DIR_FSYNC,
                               fmt::format("{}: fsync: {}", directory.string(),
                                           std::generic_category().message(system_error)),
                               system_error});
}

// Where several turn to it at once, SQLite tells all but one that the file is locked, whatever the
// busy timeout is.
Result<void> use_write_ahead_log(Database& database, int busy_timeout_ms) {
  constexpr std::chrono::milliseconds pause{2};
  const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(busy_timeout_ms);
  for (;;) {
    auto turned = database.execute("PRAGMA journal_mode=WAL");
    const bool may_pass = !turned && turned.error().is_busy();
    if (!may_pass || std::chrono::steady_clock::now() >= until) return turned;
    std::this_thread::sleep_for(pause);
  }
}

}  // namespace

bool Error::is_durability_failure() const {
  if (is_out_of_files()) return false;
  const int primary = primary_code(code);
  return primary == SQLITE_IOERR || primary == SQLITE_FULL || primary == SQLITE_READONLY ||
         primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB || primary == SQLITE_CANTOPEN;
}

void limit_memory(std::uint64_t bytes) {
  sqlite3_soft_heap_limit64(static_cast<sqlite3_int64>(bytes));
}

std::uint64_t memory_used() {
  return static_cast<std::uint64_t>(sqlite3_memory_used());
}

void Database::leave_memory_to_others() {
  const sqlite3_int64 most = sqlite3_soft_heap_limit64(-1);
  if (most > 0 && sqlite3_memory_used() > most / 2) sqlite3_db_release_memory(handle_.get());
}

void tell_failed_sync(const OnFailedSync& told, const std::filesystem::path& file,
                      const Error& error) {
  if (told && error.is_failed_sync()) told(file.string() + ": " + error.message);
}

bool Error::is_failed_sync() const {
  return code == SQLITE_IOERR_FSYNC || code == SQLITE_IOERR_DIR_FSYNC;
}

bool Error::is_disk_full() const {
  const int primary = primary_code(code);
  if (primary == SQLITE_FULL) return true;
  if (is_failed_sync() || (primary != SQLITE_IOERR && primary != SQLITE_CANTOPEN)) return false;
  return system_error == ENOSPC || system_error == EDQUOT || system_error == EFBIG;
}

bool Error::is_out_of_files() const {
  return primary_code(code) == SQLITE_CANTOPEN &&
         (system_error == EMFILE || system_error == ENFILE);
}

bool Error::is_busy() const {
  return primary_code(code) == SQLITE_BUSY || primary_code(code) == SQLITE_LOCKED;
}

bool Error::is_damaged() const {
  return primary_code(code) == SQLITE_NOTADB || primary_code(code) == SQLITE_CORRUPT;
}

bool Error::is_constraint() const {
  return primary_code(code) == SQLITE_CONSTRAINT;
}

void Statement::Finalizer::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

Statement& Statement::bind(int index, std::int64_t value) {
  demand(handle_.get(), sqlite3_bind_int64(handle_.get(), index, value));
  return *this;
}

Statement& Statement::bind(int index, std::uint64_t value) {
  if (std::cmp_greater(value, INT64_MAX)) throw std::out_of_range("SQLite: integer too large");
  return bind(index, static_cast<std::int64_t>(value));
}

Statement& Statement::bind(int index, std::string_view text) {
  demand(handle_.get(),
         sqlite3_bind_text64(handle_.get(), index, text.data() != nullptr ? text.data() : "",
                             text.size(), SQLITE_STATIC, SQLITE_UTF8));
  return *this;
}

Statement& Statement::bind_blob(int index, std::string_view bytes) {
  demand(handle_.get(),
         sqlite3_bind_blob64(handle_.get(), index, bytes.data() != nullptr ? bytes.data() : "",
                             bytes.size(), SQLITE_STATIC));
  return *this;
}

Statement& Statement::bind_null(int index) {
  demand(handle_.get(), sqlite3_bind_null(handle_.get(), index));
  return *this;
}

Result<bool> Statement::step() {
  forget_system_error();
  switch (sqlite3_step(handle_.get())) {
    case SQLITE_ROW:
      return true;
    case SQLITE_DONE:
      return false;
    default:
      return std::unexpected(last_error(sqlite3_db_handle(handle_.get())));
  }
}

Result<void> Statement::run() {
  const auto row = step();
  reset();
  if (!row) return std::unexpected(row.error());
  return {};
}

void Statement::reset() {
  // What it returns is the last step's failure, which step() has told already.
  static_cast<void>(sqlite3_reset(handle_.get()));
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(handle_.get(), column);
}

std::string_view Statement::text(int column) const {
  const void* bytes = sqlite3_column_blob(handle_.get(), column);
  const int size = sqlite3_column_bytes(handle_.get(), column);
  return {static_cast<const char*>(bytes), static_cast<std::size_t>(size)};
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(handle_.get(), column) == SQLITE_NULL;
}

int Statement::columns() const {
  return sqlite3_data_count(handle_.get());
}

void Database::Closer::operator()(sqlite3* database) const {
  sqlite3_close_v2(database);
}

Result<Database> Database::open(const std::filesystem::path& file, int busy_timeout_ms) {
  if (!std::filesystem::exists(file)) {
    // Made here first so that it is never readable by others, not even for a moment.
    const int handle = ::open(file.c_str(), O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (handle < 0) {
      const int system_error = errno;
      return std::unexpected(
          Error{SQLITE_CANTOPEN, std::generic_category().message(system_error), system_error});
    }
    ::close(handle);
  }
  Database database;
  sqlite3* handle = nullptr;
  forget_system_error();
  const int result =
      sqlite3_open_v2(file.c_str(), &handle,
                      SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
  database.handle_.reset(handle);
  if (result != SQLITE_OK) return std::unexpected(last_error(handle));
  sqlite3_busy_timeout(handle, busy_timeout_ms);
  if (auto logged = use_write_ahead_log(database, busy_timeout_ms); !logged) {
    return std::unexpected(logged.error());
  }
  // Debian builds SQLite to overwrite all that is deleted, which writes every large value twice.
  // FAST overwrites what costs no page of its own.
  auto configured = database.execute(
      R"sql(
        PRAGMA synchronous=FULL;
        PRAGMA secure_delete=FAST;
        PRAGMA foreign_keys=ON;
        PRAGMA journal_size_limit=67108864;)sql");
  if (!configured) return std::unexpected(configured.error());
  // Each time: whoever made the file may have been killed before it came to this.
  if (auto synced = sync_directory(file.parent_path()); !synced) {
    return std::unexpected(synced.error());
  }
  return database;
}

Result<void> Database::execute(const std::string& sql) {
  forget_system_error();
  if (sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    return std::unexpected(last_error(handle_.get()));
  }
  return {};
}

Result<Statement> Database::prepare(std::string_view sql) {
  Statement statement;
  sqlite3_stmt* handle = nullptr;
  forget_system_error();
  const int result = sqlite3_prepare_v3(handle_.get(), sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &handle, nullptr);
  statement.handle_.reset(handle);
  if (result != SQLITE_OK) return std::unexpected(last_error(handle_.get()));
  return statement;
}

Result<void> Database::checkpoint() {
  forget_system_error();
  const int result = sqlite3_wal_checkpoint_v2(handle_.get(), nullptr, SQLITE_CHECKPOINT_PASSIVE,
                                               nullptr, nullptr);
  if (result != SQLITE_OK && primary_code(result) != SQLITE_BUSY) {
    return std::unexpected(last_error(handle_.get()));
  }
  return {};
}

void Database::tell_log(LogListener listener) {
  listener_ = std::make_unique<LogListener>(std::move(listener));
  sqlite3_wal_hook(
      handle_.get(),
      [](void* told, sqlite3*, const char*, int pages) {
        (*static_cast<LogListener*>(told))(pages);
        return SQLITE_OK;
      },
      listener_.get());
}

Result<void> Database::empty_log() {
  forget_system_error();
  const int result = sqlite3_wal_checkpoint_v2(handle_.get(), nullptr, SQLITE_CHECKPOINT_TRUNCATE,
                                               nullptr, nullptr);
  if (result != SQLITE_OK) return std::unexpected(last_error(handle_.get()));
  return {};
}

std::int64_t Database::changes() const {
  return sqlite3_changes64(handle_.get());
}
std::int64_t Database::last_row_id() const {
  return sqlite3_last_insert_rowid(handle_.get());
}

Result<Transaction> Transaction::begin(Database& database) {
  auto begun = database.execute("BEGIN IMMEDIATE");
  if (!begun) return std::unexpected(begun.error());
  return Transaction(database);
}

Result<Transaction> Transaction::begin_reading(Database& database) {
  auto begun = database.execute("BEGIN DEFERRED");
  if (!begun) return std::unexpected(begun.error());
  return Transaction(database);
}

Transaction::Transaction(Transaction&& other) noexcept
    : database_(std::exchange(other.database_, nullptr)) {}

Transaction::~Transaction() {
  if (database_ == nullptr) return;
  // A rollback that fails leaves a transaction that SQLite rolls back when the file is next opened.
  static_cast<void>(database_->execute("ROLLBACK"));
}

Result<void> Transaction::commit() {
  auto committed = database_->execute("COMMIT");
  if (committed) database_ = nullptr;
  return committed;
}

}  // namespace sluice::sqlite

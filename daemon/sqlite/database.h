// Owner types for SQLite's handles, with the few calls that the journal and the embedded store
// need.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace sluice::sqlite {

// What SQLite said: its extended result code and message, and what the system had said to it.
struct Error {
  int code = 0;
  std::string message;
  int system_error = 0;  // errno; 0: it was not the system
  // The disk would not take it: I/O error, failed fsync, full, read-only.
  [[nodiscard]] bool is_durability_failure() const;
  // What it took may be gone, though a later fsync says that all is well.
  [[nodiscard]] bool is_failed_sync() const;
  // Of these two nothing was lost, and they pass.
  [[nodiscard]] bool is_disk_full() const;     // or a quota, or the largest size of a file
  [[nodiscard]] bool is_out_of_files() const;  // this process or the system has too many open
  [[nodiscard]] bool is_busy() const;
  [[nodiscard]] bool is_constraint() const;
  // It is no database, or its pages contradict each other.
  [[nodiscard]] bool is_damaged() const;
};

template <class T>
using Result = std::expected<T, Error>;

// Told of a file whose fsync failed: its name and what was said. Empty: nobody is.
using OnFailedSync = std::function<void(const std::string& reason)>;
void tell_failed_sync(const OnFailedSync& told, const std::filesystem::path& file,
                      const Error& error);

// Bytes that SQLite may take in this process, for all databases that it has open: beyond them their
// caches grow no more. 0: as many as it likes, as at first.
void limit_memory(std::uint64_t bytes);
[[nodiscard]] std::uint64_t memory_used();

class Database;

// A prepared statement. Bound text and blobs are not copied: they must live until the next reset()
// or run(). Columns' views live until the next step() or reset().
class Statement {
 public:
  Statement() = default;
  Statement& bind(int index, std::int64_t value);
  Statement& bind(int index, std::uint64_t value);
  Statement& bind(int index, std::string_view text);
  Statement& bind_blob(int index, std::string_view bytes);
  Statement& bind_null(int index);

  // True: a row is there. False: done.
  [[nodiscard]] Result<bool> step();
  // Runs to its end and resets, for statements that bring no rows.
  [[nodiscard]] Result<void> run();
  void reset();

  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] std::string_view text(int column) const;  // and blobs
  [[nodiscard]] bool is_null(int column) const;
  [[nodiscard]] int columns() const;  // of the row that is there

 private:
  friend class Database;
  struct Finalizer {
    void operator()(sqlite3_stmt* statement) const;
  };
  std::unique_ptr<sqlite3_stmt, Finalizer> handle_;
};

class Database {
 public:
  static constexpr int default_busy_timeout_ms = 10'000;

  // Creates the file (mode 0600) if it is not there; WAL, synchronous=FULL, foreign keys on, and
  // waits up to `busy_timeout_ms` for another process's lock.
  [[nodiscard]] static Result<Database> open(const std::filesystem::path& file,
                                             int busy_timeout_ms = default_busy_timeout_ms);

  [[nodiscard]] Result<void> execute(const std::string& sql);  // one or more statements
  [[nodiscard]] Result<Statement> prepare(std::string_view sql);
  // Moves the write-ahead log into the file, as far as no reader is in the way. SQLite's own
  // automatic checkpoints swallow a failed fsync: who must not, turns those off and calls this.
  [[nodiscard]] Result<void> checkpoint();
  // Moves all of it, waiting for whoever is in the way: what the file holds was written and fsynced
  // anew then. `is_busy` where somebody did not let go.
  [[nodiscard]] Result<void> empty_log();
  // Called after each commit with the pages that the log has then, in place of SQLite's own
  // automatic checkpoints: it must see to those.
  using LogListener = std::function<void(int pages)>;
  void tell_log(LogListener listener);
  // Where the databases of this process come near what they may take (limit_memory), this one gives
  // its cache back: who works next needs it more.
  void leave_memory_to_others();
  [[nodiscard]] std::int64_t changes() const;  // rows of the last statement
  [[nodiscard]] std::int64_t last_row_id() const;
  // For calls that have no other place, such as SQLite's own copying.
  [[nodiscard]] sqlite3* handle() const { return handle_.get(); }

 private:
  struct Closer {
    void operator()(sqlite3* database) const;
  };
  std::unique_ptr<LogListener> listener_;  // the handle has its address, and goes first
  std::unique_ptr<sqlite3, Closer> handle_;
};

// BEGIN … COMMIT; rolls back when it goes without commit().
class Transaction {
 public:
  // With the lock that is needed for writing.
  [[nodiscard]] static Result<Transaction> begin(Database& database);
  // For several reads that are to see one state of the file; keeps nobody from writing.
  [[nodiscard]] static Result<Transaction> begin_reading(Database& database);
  Transaction(Transaction&& other) noexcept;
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();
  [[nodiscard]] Result<void> commit();

 private:
  explicit Transaction(Database& database) : database_(&database) {}
  Database* database_;
};

}  // namespace sluice::sqlite

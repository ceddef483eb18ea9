// What a node remembers of its journals beside them, so that one which is gone, empty, or put back
// as it was earlier is found out before a row is acknowledged on top of it: of each bureau the
// epoch and the highest number that was given out. One SQLite file a node (docs/journal-format.md).
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>

#include "journal/journal.h"
#include "sqlite/database.h"

namespace sluice::journal {

struct StreamMark {
  record::Epoch epoch;
  record::Sequence numbered;  // of closed and open batches
  friend bool operator==(const StreamMark&, const StreamMark&) = default;
};

// Thread-safe; several processes may have the file open.
class StreamMarks {
 public:
  // Makes the file where it is not there: journals that are there are remembered when they are next
  // opened.
  [[nodiscard]] static Result<std::unique_ptr<StreamMarks>> open(const std::filesystem::path& file);

  [[nodiscard]] Result<std::optional<StreamMark>> find(const record::BureauId& bureau);
  // Durable when it returns. Where there is a mark already, that one stays.
  [[nodiscard]] Result<void> begin(const record::BureauId& bureau, const StreamMark& mark);
  // In place of what was there; durable when it returns.
  [[nodiscard]] Result<void> replace(const record::BureauId& bureau, const StreamMark& mark);
  // Without an fsync: a power cut may take the last of these, and the mark is then lower than it
  // could be, never higher. Does nothing where another epoch or a higher number is remembered.
  [[nodiscard]] Result<void> advance(const record::BureauId& bureau, const StreamMark& mark);

 private:
  StreamMarks(sqlite::Database database, std::filesystem::path file)
      : database_(std::move(database)), file_(std::move(file)) {}
  [[nodiscard]] sqlite::Result<void> prepare_statements();
  [[nodiscard]] sqlite::Result<void> run(sqlite::Statement& statement,
                                         const record::BureauId& bureau, const StreamMark& mark);
  [[nodiscard]] sqlite::Result<void> run_durably(sqlite::Statement& statement,
                                                 const record::BureauId& bureau,
                                                 const StreamMark& mark);
  template <class T>
  [[nodiscard]] Result<T> ours(sqlite::Result<T> result) const;

  std::mutex mutex_;
  sqlite::Database database_;  // guarded by mutex_, as the statements
  std::filesystem::path file_;
  sqlite::Statement find_, begin_, replace_, advance_;
};

}  // namespace sluice::journal

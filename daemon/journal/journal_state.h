// What stands behind a journal: its database, and the steps that a transaction of its is made of.
// journal.cpp says which calls take which steps.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <utility>

#include "fault/kill_point.h"
#include "journal/journal.h"
#include "journal/journal_tables.h"
#include "sqlite/database.h"

namespace sluice::journal {

struct Journal::State {
  std::filesystem::path file;
  Limits limits;
  const record::Signer* signer = nullptr;
  Clock clock;
  sqlite::Database database;
  Tables tables;
  record::StreamId stream;
  // Set by the first write or fsync that failed, and never unset: what the kernel dropped can not
  // be told from what it kept, so nothing more is acknowledged by this process.
  std::optional<std::string> not_durable;
  std::uint64_t bytes_since_checkpoint = 0;

  // What SQLite's failure is called here. One of the disk, a full one excepted, sets not_durable.
  [[nodiscard]] JournalFailure failure(const sqlite::Error& error);
  [[nodiscard]] JournalFailure broken(std::string sentence) const;
  [[nodiscard]] std::expected<void, JournalFailure> check_durable() const;
  [[nodiscard]] std::expected<void, JournalFailure> check_room(const StreamRow& row);

  // Runs `steps` in one transaction with the stream's row, which it may change; commits, fsynced.
  // `steps` returns expected<T, JournalFailure>; a failure rolls everything back.
  template <class Steps>
  auto write(std::uint64_t bytes, Steps steps) -> decltype(steps(std::declval<StreamRow&>()));
  // Counts what was written, and moves the log into the file when that is much.
  [[nodiscard]] std::expected<void, JournalFailure> checkpoint_after(std::uint64_t bytes);

  // Steps of a transaction.
  [[nodiscard]] std::expected<void, JournalFailure> seal(StreamRow& row,
                                                         const DatasetOrigin& origin,
                                                         record::Payload payload);
  [[nodiscard]] std::expected<void, JournalFailure> seal_open(StreamRow& row,
                                                              const OpenBatch& batch);
  [[nodiscard]] std::expected<void, JournalFailure> keep(std::span<const QuarantinedRow> rows,
                                                         std::span<const Cursor> cursors,
                                                         const Placement& placement);
  [[nodiscard]] std::expected<void, JournalFailure> count(const record::DatasetId& dataset,
                                                          const std::optional<RowTally>& tally);
  // Puts rows into open batches, which it opens where there is none that takes them.
  [[nodiscard]] std::expected<std::vector<Placement>, JournalFailure> place(
      const StreamRow& row, std::span<const Submission> submissions);
  [[nodiscard]] bool is_due(const OpenBatch& batch, record::Time now) const;
};

// Turns a SQLite result into one of ours, or returns from the enclosing function with the failure,
// which `state` makes of SQLite's.
// NOLINTBEGIN(bugprone-macro-parentheses): a name that is declared takes none.
#define SLUICE_TRY_OF(state, result_name, expression) \
  auto result_name = (expression);                    \
  if (!(result_name)) return std::unexpected((state).failure((result_name).error()))
// NOLINTEND(bugprone-macro-parentheses)

template <class Steps>
auto Journal::State::write(std::uint64_t bytes, Steps steps)
    -> decltype(steps(std::declval<StreamRow&>())) {
  if (auto durable = check_durable(); !durable) return std::unexpected(durable.error());
  auto result = [&]() -> decltype(steps(std::declval<StreamRow&>())) {
    SLUICE_TRY_OF(*this, transaction, sqlite::Transaction::begin(database));
    SLUICE_TRY_OF(*this, row, tables.stream());
    const StreamRow before = *row;
    auto done = steps(*row);
    if (!done) return done;
    if (*row != before) {
      SLUICE_TRY_OF(*this, updated, tables.update_stream(*row));
    }
    SLUICE_KILL_POINT("journal.before-commit");
    SLUICE_TRY_OF(*this, committed, transaction->commit());
    SLUICE_KILL_POINT("journal.after-commit");
    return done;
  }();
  if (result) {
    if (auto moved = checkpoint_after(bytes); !moved) return std::unexpected(moved.error());
  }
  return result;
}

}  // namespace sluice::journal

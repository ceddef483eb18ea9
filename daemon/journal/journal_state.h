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
#include "journal/quarantine_tables.h"
#include "record/recast.h"
#include "record/try.h"
#include "sqlite/database.h"

namespace sluice::journal {

struct Journal::State {
  std::filesystem::path file;
  Limits limits;
  const record::Keyring* keyring = nullptr;
  Clock clock;
  sqlite::Database database;
  Tables tables;
  QuarantineTables quarantine;
  record::StreamId stream;
  // Set by the first write or fsync that failed, and never unset: what the kernel dropped can not
  // be told from what it kept, so nothing more is acknowledged by this process.
  std::optional<std::string> not_durable;
  std::uint64_t bytes_since_checkpoint = 0;

  // What SQLite's failure is called here. One of the disk, a full one excepted, sets not_durable.
  [[nodiscard]] JournalFailure failure(const sqlite::Error& error);
  // The same of a result.
  template <class T>
  [[nodiscard]] Result<T> ours(sqlite::Result<T> result) {
    return record::recast(std::move(result),
                          [this](const sqlite::Error& error) { return failure(error); });
  }
  [[nodiscard]] JournalFailure broken(std::string sentence) const;
  [[nodiscard]] Result<void> check_durable() const;
  [[nodiscard]] Result<void> check_certificate() const;
  [[nodiscard]] Result<void> check_room(const StreamRow& row);

  // Runs `steps` in one transaction with the stream's row, which it may change; commits, fsynced.
  // `steps` returns expected<T, JournalFailure>; a failure rolls everything back.
  template <class Steps>
  auto write(std::uint64_t bytes, Steps steps) -> decltype(steps(std::declval<StreamRow&>()));
  // Counts what was written, and moves the log into the file when that is much.
  [[nodiscard]] Result<void> checkpoint_after(std::uint64_t bytes);

  // Steps of a transaction.
  [[nodiscard]] Result<void> seal(StreamRow& row, const DatasetOrigin& origin,
                                  record::Payload payload);
  [[nodiscard]] Result<void> seal_open(StreamRow& row, const OpenBatch& batch);
  [[nodiscard]] Result<void> keep(std::span<const QuarantinedRow> rows,
                                  std::span<const Cursor> cursors, const Placement& placement);
  [[nodiscard]] Result<void> count(const record::DatasetId& dataset,
                                   const std::optional<RowTally>& tally);
  // Puts rows into open batches, which it opens where there is none that takes them.
  [[nodiscard]] Result<std::vector<Placement>> place(const StreamRow& row,
                                                     std::span<const Submission> submissions);
  // `not_waiting` where the entry does not.
  [[nodiscard]] Result<void> settle(std::int64_t id, QuarantineState becomes,
                                    const QuarantineDecision& decision);
  [[nodiscard]] bool is_due(const OpenBatch& batch, record::Time now) const;
};

template <class Steps>
auto Journal::State::write(std::uint64_t bytes, Steps steps)
    -> decltype(steps(std::declval<StreamRow&>())) {
  SLUICE_TRY(check_durable());
  auto result = [&]() -> decltype(steps(std::declval<StreamRow&>())) {
    auto transaction = SLUICE_TRY(ours(sqlite::Transaction::begin(database)));
    StreamRow row = SLUICE_TRY(ours(tables.stream()));
    const StreamRow before = row;
    auto done = steps(row);
    if (!done) return done;
    if (row != before) SLUICE_TRY(ours(tables.update_stream(row)));
    SLUICE_KILL_POINT("journal.before-commit");
    SLUICE_TRY(ours(transaction.commit()));
    SLUICE_KILL_POINT("journal.after-commit");
    return done;
  }();
  if (result) SLUICE_TRY(checkpoint_after(bytes));
  return result;
}

}  // namespace sluice::journal

// What the datasets' tables must hold after the archived batches and the migrations that were put
// in here, worked out without the central store's own tables: each record's versions, with the
// ledger entries that began and ended them. It lies in a scratch database, so that memory does not
// grow with the records.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "reconciliation/scratch_database.h"
#include "record/digest.h"
#include "record/time.h"
#include "sqlite/database.h"
#include "store/row.h"
#include "store/store.h"

namespace sluice::exchange {

// What one change does to its record.
enum class ChangeEffect { inserted, updated, unchanged, deleted };

struct ReplayedVersion {
  std::string key;  // as record::KeyOrder encodes it
  record::RowDigest digest;
  std::string source_time;    // COPY text
  std::int64_t begun_by = 0;  // ledger id
  record::Time begun_at{};
  struct End {
    std::int64_t by = 0;  // ledger id
    std::uint64_t line = 0;
    std::string how;
    record::Time at{};
  };
  std::optional<End> end = std::nullopt;  // nothing: it is the current one
};

// `scratch` must outlive it, and be nobody else's. Tables go by numbers of the caller's: one for
// each version of a dataset's (store/migrations.h).
class ReplayedTables {
 public:
  template <class T>
  using Result = reconciliation::Result<T>;

  [[nodiscard]] static Result<ReplayedTables> open(reconciliation::ScratchDatabase& scratch);

  // The next change, of that entry's batch, to the record with this key.
  [[nodiscard]] Result<ChangeEffect> apply(int tables, std::string_view key, const store::Row& row,
                                           const store::LedgerEntry& entry);

  // A version that no batch brings, but what these tables began with.
  struct Beginning {
    record::RowDigest digest;
    std::string_view source_time;  // COPY text
    std::int64_t by = 0;           // ledger id
    record::Time at{};
    std::string_view fields;  // COPY text columns
  };
  // False: there is one with this key, which stays.
  [[nodiscard]] Result<bool> begin_with(int tables, std::string_view key,
                                        const Beginning& beginning);

  // The fields of these tables' current versions stay at hand from here on, for read_current():
  // else nobody needs them, and they are most of what there is.
  void keep_fields(int tables) { with_fields_.insert(tables); }
  struct CurrentVersion {
    std::string_view key;  // good until the next
    std::string_view source_time;
    std::string_view fields;
  };
  // Without the records in doubt, in the order of keys; other tables may be written to meanwhile.
  [[nodiscard]] Result<void> read_current(
      int tables, const std::function<Result<void>(const CurrentVersion&)>& consume);

  // From here on nobody can tell what the record is: what it was, or, since the change may have
  // been refused, what that makes of it.
  [[nodiscard]] Result<void> doubt(int tables, std::string_view key, const store::Row& change);
  // A change to a record in doubt that was not refused: what it is can be told again, and not since
  // when, so that it stays in doubt.
  [[nodiscard]] Result<void> change_in_doubt(int tables, std::string_view key,
                                             const store::Row& change);
  // The record of these tables, if there is one, began as this or as another that it may have been.
  // Nothing is in doubt where it is certain which one has that key.
  [[nodiscard]] Result<void> may_begin_with(int tables, std::string_view key,
                                            std::string_view source_time, std::string_view fields);
  [[nodiscard]] Result<bool> is_in_doubt(int tables, std::string_view key);
  // In the order of keys.
  [[nodiscard]] Result<void> read_in_doubt(
      int tables, const std::function<void(std::string_view key)>& consume);
  // Each that a record in doubt may be, as read_current(), and where fields are kept alone.
  [[nodiscard]] Result<void> read_possible(
      int tables, const std::function<Result<void>(const CurrentVersion&)>& consume);

  // The versions of these tables as they were after the entry `up_to`, in the order of
  // Store::read_versions().
  class Reader {
   public:
    // Nothing: that was the last one.
    [[nodiscard]] Result<std::optional<ReplayedVersion>> next();

   private:
    friend class ReplayedTables;
    Reader(reconciliation::ScratchDatabase& scratch, sqlite::Statement select, std::int64_t up_to)
        : scratch_(scratch), select_(std::move(select)), up_to_(up_to) {}
    reconciliation::ScratchDatabase& scratch_;
    sqlite::Statement select_;
    std::int64_t up_to_;
  };
  [[nodiscard]] Result<Reader> read(int tables, std::int64_t up_to);

 private:
  explicit ReplayedTables(reconciliation::ScratchDatabase& scratch) : scratch_(scratch) {}
  [[nodiscard]] Result<void> prepare();
  [[nodiscard]] Result<std::optional<record::RowDigest>> current(int tables, std::string_view key);
  [[nodiscard]] Result<void> end(int tables, std::string_view key, const store::Row& row,
                                 const store::LedgerEntry& entry);
  [[nodiscard]] Result<void> begin(int tables, std::string_view key, const Beginning& beginning);
  // Marks it, nothing of what it may be.
  [[nodiscard]] Result<void> mark(int tables, std::string_view key);
  [[nodiscard]] Result<void> add_possible(int tables, std::string_view key,
                                          std::string_view source_time, std::string_view fields);
  [[nodiscard]] Result<void> read_records(
      sqlite::Statement select, const std::function<Result<void>(const CurrentVersion&)>& consume);

  reconciliation::ScratchDatabase& scratch_;
  sqlite::Statement current_, end_, begin_, doubt_, is_in_doubt_, keep_as_possible_, possible_,
      forget_possible_;
  std::set<int> with_fields_;
  std::set<int> with_doubts_;
};

}  // namespace sluice::exchange

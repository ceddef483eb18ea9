#include "exchange/replayed_tables.h"

#include <limits>
#include <utility>

#include "record/copy_text.h"
#include "record/try.h"
#include "store/dataset_tables.h"

namespace sluice::exchange {
namespace {

// Of the version that has not ended: behind all that have.
constexpr std::int64_t not_ended = std::numeric_limits<std::int64_t>::max();

std::int64_t milliseconds(record::Time time) {
  return time.time_since_epoch().count();
}

record::Time time_of(std::int64_t milliseconds) {
  return record::Time(std::chrono::milliseconds(milliseconds));
}

}  // namespace

ReplayedTables::Result<ReplayedTables> ReplayedTables::open(
    reconciliation::ScratchDatabase& scratch) {
  ReplayedTables tables(scratch);
  SLUICE_TRY(tables.prepare());
  return tables;
}

// One transaction that is never committed: the file goes with the work.
ReplayedTables::Result<void> ReplayedTables::prepare() {
  SLUICE_TRY(scratch_.execute(
      R"sql(
        BEGIN;
        CREATE TABLE version (
          tables INTEGER NOT NULL,
          key BLOB NOT NULL,
          ended_by INTEGER NOT NULL,
          line INTEGER NOT NULL,
          digest BLOB NOT NULL,
          source_time TEXT NOT NULL,
          begun_by INTEGER NOT NULL,
          begun_at INTEGER NOT NULL,
          how TEXT,
          ended_at INTEGER,
          fields TEXT,
          PRIMARY KEY (tables, key, ended_by, line)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE doubt (
          tables INTEGER NOT NULL,
          key BLOB NOT NULL,
          PRIMARY KEY (tables, key)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE possible (
          tables INTEGER NOT NULL,
          key BLOB NOT NULL,
          source_time TEXT NOT NULL,
          fields TEXT NOT NULL,
          PRIMARY KEY (tables, key, source_time, fields)
        ) STRICT, WITHOUT ROWID)sql"));
  current_ = SLUICE_TRY(
      scratch_.prepare("SELECT digest FROM version WHERE tables = ? AND key = ? AND ended_by = ?"));
  end_ = SLUICE_TRY(scratch_.prepare(
      R"sql(
        UPDATE version
        SET ended_by = ?4, line = ?5, how = ?6, ended_at = ?7, fields = NULL
        WHERE tables = ?1 AND key = ?2 AND ended_by = ?3)sql"));
  begin_ = SLUICE_TRY(scratch_.prepare(
      R"sql(
        INSERT INTO version (tables, key, ended_by, line, digest, source_time, begun_by, begun_at,
          fields)
        VALUES (?, ?, ?, 0, ?, ?, ?, ?, ?))sql"));
  doubt_ = SLUICE_TRY(scratch_.prepare("INSERT OR IGNORE INTO doubt VALUES (?, ?)"));
  is_in_doubt_ = SLUICE_TRY(scratch_.prepare("SELECT 1 FROM doubt WHERE tables = ? AND key = ?"));
  keep_as_possible_ = SLUICE_TRY(scratch_.prepare(
      R"sql(
        INSERT INTO possible
        SELECT tables, key, source_time, fields
        FROM version
        WHERE tables = ? AND key = ? AND ended_by = ?)sql"));
  possible_ = SLUICE_TRY(scratch_.prepare("INSERT OR IGNORE INTO possible VALUES (?, ?, ?, ?)"));
  forget_possible_ =
      SLUICE_TRY(scratch_.prepare("DELETE FROM possible WHERE tables = ? AND key = ?"));
  return {};
}

ReplayedTables::Result<std::optional<record::RowDigest>> ReplayedTables::current(
    int tables, std::string_view key) {
  current_.bind(1, std::int64_t{tables}).bind_blob(2, key).bind(3, not_ended);
  std::optional<record::RowDigest> digest;
  if (SLUICE_TRY(scratch_.step(current_))) digest = store::parse_digest_bytes(current_.text(0));
  current_.reset();
  return digest;
}

ReplayedTables::Result<void> ReplayedTables::end(int tables, std::string_view key,
                                                 const store::Row& row,
                                                 const store::LedgerEntry& entry) {
  const bool removes = row.operation == record::Operation::remove;
  end_.bind(1, std::int64_t{tables})
      .bind_blob(2, key)
      .bind(3, not_ended)
      .bind(4, entry.id)
      .bind(5, row.number)
      .bind(6, std::string_view(removes ? "deleted" : "superseded"))
      .bind(7, milliseconds(entry.applied_at));
  return scratch_.run(end_);
}

ReplayedTables::Result<void> ReplayedTables::begin(int tables, std::string_view key,
                                                   const Beginning& beginning) {
  const auto digest = store::digest_bytes(beginning.digest);
  begin_.bind(1, std::int64_t{tables})
      .bind_blob(2, key)
      .bind(3, not_ended)
      .bind_blob(4, {digest.data(), digest.size()})
      .bind(5, beginning.source_time)
      .bind(6, beginning.by)
      .bind(7, milliseconds(beginning.at));
  if (with_fields_.contains(tables)) {
    begin_.bind(8, beginning.fields);
  } else {
    begin_.bind_null(8);
  }
  return scratch_.run(begin_);
}

ReplayedTables::Result<bool> ReplayedTables::begin_with(int tables, std::string_view key,
                                                        const Beginning& beginning) {
  if (SLUICE_TRY(current(tables, key))) return false;
  SLUICE_TRY(begin(tables, key, beginning));
  return true;
}

ReplayedTables::Result<void> ReplayedTables::read_current(
    int tables, const std::function<Result<void>(const CurrentVersion&)>& consume) {
  auto select = SLUICE_TRY(scratch_.prepare(
      R"sql(
        SELECT key, source_time, fields
        FROM version
        WHERE tables = ?1 AND ended_by = ?2
          AND NOT EXISTS (SELECT 1 FROM doubt WHERE tables = ?1 AND doubt.key = version.key)
        ORDER BY key)sql"));
  select.bind(1, std::int64_t{tables}).bind(2, not_ended);
  return read_records(std::move(select), consume);
}

ReplayedTables::Result<void> ReplayedTables::read_possible(
    int tables, const std::function<Result<void>(const CurrentVersion&)>& consume) {
  auto select = SLUICE_TRY(
      scratch_.prepare("SELECT key, source_time, fields FROM possible WHERE tables = ? ORDER BY "
                       "key, source_time, fields"));
  select.bind(1, std::int64_t{tables});
  return read_records(std::move(select), consume);
}

ReplayedTables::Result<void> ReplayedTables::read_records(
    sqlite::Statement select, const std::function<Result<void>(const CurrentVersion&)>& consume) {
  while (SLUICE_TRY(scratch_.step(select)))
    SLUICE_TRY(consume({select.text(0), select.text(1), select.text(2)}));
  return {};
}

// The rules are those of docs/store.md ("History"), and are written here once more on purpose: what
// proves the store must not be the store's own code.
ReplayedTables::Result<ChangeEffect> ReplayedTables::apply(int tables, std::string_view key,
                                                           const store::Row& row,
                                                           const store::LedgerEntry& entry) {
  const auto stands = SLUICE_TRY(current(tables, key));
  if (row.operation == record::Operation::remove) {
    if (!stands) return ChangeEffect::unchanged;
    SLUICE_TRY(end(tables, key, row, entry));
    return ChangeEffect::deleted;
  }
  if (stands == row.digest) return ChangeEffect::unchanged;
  if (stands) SLUICE_TRY(end(tables, key, row, entry));
  SLUICE_TRY(
      begin(tables, key, {row.digest, row.source_time, entry.id, entry.applied_at, row.fields}));
  return stands ? ChangeEffect::updated : ChangeEffect::inserted;
}

ReplayedTables::Result<void> ReplayedTables::mark(int tables, std::string_view key) {
  with_doubts_.insert(tables);
  return scratch_.run(doubt_.bind(1, std::int64_t{tables}).bind_blob(2, key));
}

ReplayedTables::Result<void> ReplayedTables::add_possible(int tables, std::string_view key,
                                                          std::string_view source_time,
                                                          std::string_view fields) {
  if (!with_fields_.contains(tables)) return {};
  possible_.bind(1, std::int64_t{tables}).bind_blob(2, key).bind(3, source_time).bind(4, fields);
  return scratch_.run(possible_);
}

// That it is gone, or never was, may be too: it stands in no row.
ReplayedTables::Result<void> ReplayedTables::doubt(int tables, std::string_view key,
                                                   const store::Row& change) {
  const bool is_new = !SLUICE_TRY(is_in_doubt(tables, key));
  SLUICE_TRY(mark(tables, key));
  if (is_new && with_fields_.contains(tables)) {
    keep_as_possible_.bind(1, std::int64_t{tables}).bind_blob(2, key).bind(3, not_ended);
    SLUICE_TRY(scratch_.run(keep_as_possible_));
  }
  if (change.operation == record::Operation::remove) return {};
  return add_possible(tables, key, change.source_time, change.fields);
}

ReplayedTables::Result<void> ReplayedTables::change_in_doubt(int tables, std::string_view key,
                                                             const store::Row& change) {
  forget_possible_.bind(1, std::int64_t{tables}).bind_blob(2, key);
  SLUICE_TRY(scratch_.run(forget_possible_));
  if (change.operation == record::Operation::remove) return {};
  return add_possible(tables, key, change.source_time, change.fields);
}

ReplayedTables::Result<void> ReplayedTables::may_begin_with(int tables, std::string_view key,
                                                            std::string_view source_time,
                                                            std::string_view fields) {
  if (SLUICE_TRY(current(tables, key))) return {};
  SLUICE_TRY(mark(tables, key));
  return add_possible(tables, key, source_time, fields);
}

ReplayedTables::Result<bool> ReplayedTables::is_in_doubt(int tables, std::string_view key) {
  if (!with_doubts_.contains(tables)) return false;
  is_in_doubt_.bind(1, std::int64_t{tables}).bind_blob(2, key);
  const bool is_there = SLUICE_TRY(scratch_.step(is_in_doubt_));
  is_in_doubt_.reset();
  return is_there;
}

ReplayedTables::Result<void> ReplayedTables::read_in_doubt(
    int tables, const std::function<void(std::string_view key)>& consume) {
  auto select = SLUICE_TRY(scratch_.prepare("SELECT key FROM doubt WHERE tables = ? ORDER BY key"));
  select.bind(1, std::int64_t{tables});
  while (SLUICE_TRY(scratch_.step(select)))
    consume(select.text(0));
  return {};
}

ReplayedTables::Result<ReplayedTables::Reader> ReplayedTables::read(int tables,
                                                                    std::int64_t up_to) {
  auto select = SLUICE_TRY(scratch_.prepare(
      R"sql(
        SELECT key, digest, source_time, begun_by, begun_at, ended_by, line, how, ended_at
        FROM version
        WHERE tables = ?1 AND begun_by <= ?2
        ORDER BY key, ended_by, line)sql"));
  select.bind(1, std::int64_t{tables}).bind(2, up_to);
  return Reader(scratch_, std::move(select), up_to);
}

ReplayedTables::Result<std::optional<ReplayedVersion>> ReplayedTables::Reader::next() {
  if (!SLUICE_TRY(scratch_.step(select_))) return std::nullopt;
  ReplayedVersion version{.key = std::string(select_.text(0)),
                          .digest = store::parse_digest_bytes(select_.text(1)),
                          .source_time = std::string(select_.text(2)),
                          .begun_by = select_.integer(3),
                          .begun_at = time_of(select_.integer(4))};
  if (select_.integer(5) <= up_to_) {
    version.end =
        ReplayedVersion::End{select_.integer(5), static_cast<std::uint64_t>(select_.integer(6)),
                             std::string(select_.text(7)), time_of(select_.integer(8))};
  }
  return version;
}

}  // namespace sluice::exchange

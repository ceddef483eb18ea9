#include "store/sqlite/format.h"

#include <fmt/format.h>

#include "record/try.h"
#include "store/sqlite/kept_schemas.h"
#include "store/sqlite/migrations.h"

namespace sluice::store::sqlite {
namespace {

// A constraint of a table can only be changed by making the table anew. Its last id, which is also
// the store's number, goes along.
constexpr const char* settlements = R"sql(
  CREATE TABLE ledger_2 (
    id                INTEGER PRIMARY KEY AUTOINCREMENT,
    bureau            TEXT NOT NULL,
    epoch             INTEGER NOT NULL,
    sequence          INTEGER NOT NULL,
    dataset           TEXT NOT NULL,
    manifest          TEXT NOT NULL,
    outcome           TEXT NOT NULL,
    inserted          INTEGER NOT NULL,
    updated           INTEGER NOT NULL,
    unchanged         INTEGER NOT NULL,
    deleted           INTEGER NOT NULL,
    rejected          INTEGER NOT NULL,
    applied_at        INTEGER NOT NULL,
    receipt           TEXT NOT NULL,
    receipt_signature BLOB NOT NULL,
    settles           INTEGER NOT NULL DEFAULT 0,
    UNIQUE (bureau, epoch, sequence, settles)
  ) STRICT;
  INSERT INTO ledger_2
  SELECT id, bureau, epoch, sequence, dataset, manifest, outcome, inserted, updated, unchanged,
    deleted, rejected, applied_at, receipt, receipt_signature, 0
  FROM ledger;
  DELETE FROM sqlite_sequence WHERE name = 'ledger_2';
  INSERT INTO sqlite_sequence (name, seq)
  SELECT 'ledger_2', seq FROM sqlite_sequence WHERE name = 'ledger';
  DROP TABLE ledger;
  ALTER TABLE ledger_2 RENAME TO ledger;
  CREATE INDEX ledger_dataset ON ledger (dataset, applied_at);
  CREATE UNIQUE INDEX ledger_settles ON ledger (settles) WHERE settles <> 0;
  CREATE TABLE held (
    ledger  INTEGER PRIMARY KEY REFERENCES ledger (id),
    bureau  TEXT NOT NULL,
    dataset TEXT NOT NULL
  ) STRICT;
  CREATE INDEX held_dataset ON held (bureau, dataset, ledger))sql";

bool can_upgrade(std::int64_t found) {
  return found == 1 || found == 2;
}

Result<void> upgrade_to_2(CentralFile& file) {
  if (auto made = file.database.execute(settlements); !made) {
    return std::unexpected(file.failure(made.error()));
  }
  SLUICE_TRY(begin_keeping_schemas(file));
  return begin_migrations(file);
}

// While a table that others refer to is made anew. Can not be said within a transaction.
class WithoutForeignKeys {
 public:
  explicit WithoutForeignKeys(CentralFile& file) : file_(file) {
    said_ = file_.database.execute("PRAGMA foreign_keys=OFF");
  }
  ~WithoutForeignKeys() { static_cast<void>(file_.database.execute("PRAGMA foreign_keys=ON")); }
  WithoutForeignKeys(const WithoutForeignKeys&) = delete;
  WithoutForeignKeys& operator=(const WithoutForeignKeys&) = delete;
  [[nodiscard]] Result<void> said() const {
    if (!said_) return std::unexpected(file_.failure(said_.error()));
    return {};
  }

 private:
  CentralFile& file_;
  sluice::sqlite::Result<void> said_;
};

}  // namespace

Result<std::int64_t> format_of(CentralFile& file) {
  auto known = SLUICE_TRY(file.statement("SELECT 1 FROM sqlite_schema WHERE name = 'format'"));
  if (!SLUICE_TRY(file.step(known))) return 0;
  auto format = SLUICE_TRY(file.statement("SELECT version FROM format"));
  SLUICE_TRY(file.step(format));
  return format.integer(0);
}

StoreFailure unknown_format(const CentralFile& file, std::int64_t found) {
  return {StoreProblem::failed, file.place(),
          fmt::format("the central store is of format {}, this version knows format {}; run the "
                      "version of sluiced that made it",
                      found, format_version)};
}

Result<void> upgrade(CentralFile& file) {
  if (!can_upgrade(SLUICE_TRY(format_of(file)))) return {};
  const WithoutForeignKeys without(file);
  SLUICE_TRY(without.said());
  auto transaction = SLUICE_TRY(file.begin());
  // Another process may have been here meanwhile.
  const std::int64_t found = SLUICE_TRY(format_of(file));
  if (found == 1) SLUICE_TRY(upgrade_to_2(file));
  if (can_upgrade(found)) {
    SLUICE_TRY(begin_remembering_versions(file));
    if (auto set = file.database.execute("UPDATE format SET version = 3"); !set) {
      return std::unexpected(file.failure(set.error()));
    }
  }
  return file.commit(transaction);
}

}  // namespace sluice::store::sqlite

// The versions of a dataset's tables. Where a schema can not be followed by the tables as they are
// (evolution.h), a migration makes new ones and fills them from the old; those stay, as they were
// at their end, until they are dropped. What is only asked for here, and not of Store, is what an
// operator and an audit do.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "record/migration.h"
#include "record/record_checker.h"
#include "record/table_schema.h"
#include "store/converter.h"
#include "store/migration_wait.h"
#include "store/store.h"

namespace sluice::store {

using record::Version;

// What a dataset's tables are now.
struct TablesVersion {
  Version number;
  std::string schema;  // canonical
  friend bool operator==(const TablesVersion&, const TablesVersion&) = default;
};

// The version of a dataset's tables and when it began: the first, where nothing was ever migrated.
struct Begun {
  Version version{1};
  record::Time at{};
};

// A migration as the ledger has it.
struct MigrationEntry {
  std::int64_t id = 0;  // of the ledger's: batches with a lower one came before it
  record::DatasetId dataset;
  Version version;          // that began with it
  std::string from_schema;  // canonical: the schema of the version before, at its end
  std::string to_schema;    // canonical: the schema under which the new version began
  std::string mapping;      // settings/mapping_text.h reads it
  record::RowCount records;
  record::Time applied_at{};
  record::SignedMigration statement;
  std::optional<record::Time> dropped_at = std::nullopt;  // the tables of the version before
  // That the store remembers of the version before, ascending.
  std::vector<record::Digest> schemas = {};
};

// What migrate() is given. Everything must outlive the call.
struct MigrationOrder {
  const record::Dataset& dataset;        // with the new schema
  const record::RecordChecker& checker;  // compiled from it
  const TablesVersion& from;             // what `convert` was made for
  const std::string& mapping;            // what `convert` does, in words
  const RecordConverter& convert;
  // Trying out does everything, and undoes it.
  enum class Purpose { migrate, try_out } purpose = Purpose::migrate;
  // Where the last step meets others (migration_wait.h); as long as it takes, unless it is said.
  MigrationPatience patience = [](const MigrationWait&) { return true; };
  MigrationTurns turns = {};
};

// Records that do not fit, by one field and rule.
struct UnfitRecords {
  Unfit why;  // of the first
  record::RowCount records;
  std::vector<std::string> first_keys;  // in the old version
};

struct MigrationReport {
  record::RowCount records;  // that were looked at
  std::vector<UnfitRecords> unfit;
  // False: the database refused so many that the rest was not looked at.
  bool is_whole = true;
  std::optional<MigrationEntry> entry = std::nullopt;  // nothing: all is as it was
};

// Signs what was done; called inside the transaction, just before it commits.
using MigrationSigner = std::function<record::SignedMigration(const record::Migration&)>;

// Belongs to a store, and is as its owner: one thread, calls block.
class Migrations {
 public:
  virtual ~Migrations() = default;

  // Nothing: the dataset has no tables.
  [[nodiscard]] virtual Result<std::optional<TablesVersion>> current(
      const record::DatasetId& dataset) = 0;

  // Every schema that the dataset's tables are known to have followed in that version, ascending;
  // of one that began before stores remembered them perhaps not all.
  [[nodiscard]] virtual Result<std::vector<record::Digest>> schemas(
      const record::DatasetId& dataset, Version version) = 0;

  // Begins the dataset's next version, filled from the current records, in one transaction; while
  // it is under way no batch of the dataset is applied: it is `being_migrated`, and may be held,
  // where the database takes other writers meanwhile. Where any record does not fit, nothing is
  // changed and the report says so. Whoever has the tables open at its end is waited for, as long
  // as the order's patience lasts; then it is `unavailable`. Memory does not grow with the table.
  [[nodiscard]] virtual Result<MigrationReport> migrate(const MigrationOrder& order,
                                                        const MigrationSigner& sign) = 0;

  // All migrations in the order of their ids, among those of the batches that Store::walk() gives;
  // stops early where `consume` returns false. Waits for what is under way, as that does.
  [[nodiscard]] virtual Result<void> walk(
      std::int64_t after, const std::function<bool(const MigrationEntry&)>& consume) = 0;

  // The dataset's migrations, the oldest first; waits for nothing.
  [[nodiscard]] virtual Result<std::vector<MigrationEntry>> of(
      const record::DatasetId& dataset) = 0;

  // The dataset's last migration as it stays: one that is being committed is waited for, at most so
  // long; then it is `being_migrated`. For who lost the connection over which one was committed.
  [[nodiscard]] virtual Result<std::optional<MigrationEntry>> last_settled(
      const record::DatasetId& dataset, std::chrono::milliseconds longest) = 0;

  // An older version's records, as of a moment or of its end, by its own primary key and with its
  // own schema's columns. Fails where it was dropped.
  [[nodiscard]] virtual Result<void> read(
      const MigrationEntry& ended_by, std::optional<record::Time> as_of,
      const std::function<bool(const StoredRecord&)>& consume) = 0;

  // All versions of all records that an older version's tables have, as Store::read_versions()
  // gives those of the present one. Fails where it was dropped; `unknown_dataset` where its tables
  // are gone otherwise.
  [[nodiscard]] virtual Result<void> read_versions(
      const MigrationEntry& ended_by, const std::function<bool(const StoredVersion&)>& consume) = 0;

  // Lets go of an older version's tables.
  [[nodiscard]] virtual Result<void> drop(const MigrationEntry& ended_by) = 0;
};

// What a database gathers in one text, blanks between; ascending.
[[nodiscard]] std::vector<record::Digest> digests_of(std::string_view listed);

// The dataset under whose name the tables of an older version lie: no dataset can be called so.
[[nodiscard]] record::DatasetId name_of_version(const record::DatasetId& dataset, Version version);

// What is said to who comes with a batch meanwhile.
[[nodiscard]] StoreFailure being_migrated(const record::DatasetId& dataset);
// What is said to who prepared the dataset in another version than `found`.
[[nodiscard]] StoreFailure migrated_meanwhile(const record::DatasetId& dataset, Version found);
// Why a moment before the current version's beginning can not be read by its schema.
[[nodiscard]] StoreFailure before_version(const record::DatasetId& dataset, Version version,
                                          record::Time began_at);
[[nodiscard]] StoreFailure dropped_version(const MigrationEntry& ended_by);
// Why a dataset may not go back to the schema of an older version by itself.
[[nodiscard]] StoreFailure former_schema(const record::DatasetId& dataset, Version of,
                                         Version current);

}  // namespace sluice::store

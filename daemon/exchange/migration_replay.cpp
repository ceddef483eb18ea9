#include "exchange/migration_replay.h"

#include <utility>
#include <vector>

#include <fmt/format.h>

#include "exchange/migration_audit.h"
#include "exchange/row_keys.h"
#include "exchange/scratch_failure.h"
#include "record/recast.h"
#include "record/try.h"
#include "store/row_reader.h"

namespace sluice::exchange {
namespace {

// One migration, record by record.
class MigratedRecords {
 public:
  MigratedRecords(const store::MigrationEntry& migration, VersionConversion& conversion,
                  const record::TableSchema& before, const record::TableSchema& after,
                  const std::function<void(const TableDifference&)>& told)
      : migration_(migration),
        conversion_(conversion),
        order_before_(before),
        keys_(after),
        rows_(after),
        told_(told) {}

  reconciliation::Result<void> take(const ReplayedTables::CurrentVersion& record, int after,
                                    ReplayedTables& tables);
  // One that a record in doubt may be.
  reconciliation::Result<void> take_possible(const ReplayedTables::CurrentVersion& record,
                                             int after, ReplayedTables& tables);

 private:
  std::expected<std::string_view, store::Unfit> turn(const ReplayedTables::CurrentVersion& record) {
    line_.assign("U\t").append(record.source_time).append(1, '\t').append(record.fields);
    return conversion_.turn(line_);
  }
  void tell(const ReplayedTables::CurrentVersion& record, std::string what);

  const store::MigrationEntry& migration_;
  VersionConversion& conversion_;
  record::KeyOrder order_before_;
  RowKeys keys_;
  store::RowReader rows_;
  const std::function<void(const TableDifference&)>& told_;
  std::string line_;
};

void MigratedRecords::tell(const ReplayedTables::CurrentVersion& record, std::string what) {
  told_({.dataset = store::name_of_version(migration_.dataset, {migration_.version.value - 1}),
         .is_current = true,
         .key = order_before_.decode(record.key),
         .ledger_id = migration_.id,
         .what = std::move(what)});
}

reconciliation::Result<void> MigratedRecords::take(const ReplayedTables::CurrentVersion& record,
                                                   int after, ReplayedTables& tables) {
  const auto turned = turn(record);
  if (!turned) {
    const store::Unfit& why = turned.error();
    tell(record, fmt::format("it does not fit version {} ({}: {}), and the migration took it",
                             migration_.version.value, why.field, why.rule));
    return {};
  }
  store::Row row;
  const auto key = rows_.read(*turned, 0, row) ? keys_.encode(row) : std::nullopt;
  if (!key) {
    tell(record, fmt::format("it becomes no record of version {}", migration_.version.value));
    return {};
  }
  const bool is_alone = SLUICE_TRY(tables.begin_with(after, *key,
                                                     {.digest = row.digest,
                                                      .source_time = row.source_time,
                                                      .by = migration_.id,
                                                      .at = migration_.applied_at,
                                                      .fields = row.fields}));
  if (!is_alone) {
    tell(record, fmt::format("another record has its key in version {}, and the migration took "
                             "both",
                             migration_.version.value));
  }
  return {};
}

// The center found that every record fits, and that no two have one key: what does not, or has the
// key of one that is certain, the record was not.
reconciliation::Result<void> MigratedRecords::take_possible(
    const ReplayedTables::CurrentVersion& record, int after, ReplayedTables& tables) {
  const auto turned = turn(record);
  if (!turned) return {};
  store::Row row;
  const auto key = rows_.read(*turned, 0, row) ? keys_.encode(row) : std::nullopt;
  if (!key) return {};
  return tables.may_begin_with(after, *key, row.source_time, row.fields);
}

ReplayedMigration migration_not_replayed(std::string why) {
  return {.why_not = std::move(why), .records = {}};
}

bool is_as_stated(const store::MigrationEntry& migration) {
  const auto said = record::parse_migration(migration.statement.json);
  return said && says_what_is_there(*said, migration);
}

}  // namespace

MigrationReplay::MigrationReplay(const DatasetVersions& versions, store::Version ended)
    : versions_(versions),
      migration_(versions.migrations()[ended.value - 1]),
      ended_(ended),
      is_as_stated_(is_as_stated(migration_)) {
  auto conversion = versions.conversion_into({ended.value + 1});
  if (conversion) conversion_ = std::move(*conversion);
}

store::Result<ReplayedMigration> MigrationReplay::run(
    const VersionPair& numbers, ReplayedTables& tables,
    const std::function<void(const TableDifference&)>& told) {
  if (!is_as_stated_) {
    return migration_not_replayed("the ledger has not what its statement says");
  }
  const store::Version begun{ended_.value + 1};
  if (migration_.version != begun) {
    return migration_not_replayed(
        fmt::format("the migration to version {} is missing", begun.value));
  }
  if (!conversion_) return migration_not_replayed("its mapping can not be read here");
  MigratedRecords replay(migration_, *conversion_, versions_.ended_with(ended_),
                         versions_.began_with(begun), told);
  ReplayedMigration replayed;
  SLUICE_TRY(record::recast(tables.read_current(numbers.before,
                                                [&](const auto& record) {
                                                  ++replayed.records.value;
                                                  return replay.take(record, numbers.after, tables);
                                                }),
                            of_scratch));
  std::string last_key;
  SLUICE_TRY(record::recast(
      tables.read_possible(numbers.before,
                           [&](const auto& record) {
                             const bool is_next =
                                 replayed.in_doubt.value == 0 || record.key != last_key;
                             if (is_next) ++replayed.in_doubt.value;
                             last_key = record.key;
                             return replay.take_possible(record, numbers.after, tables);
                           }),
      of_scratch));
  return replayed;
}

}  // namespace sluice::exchange

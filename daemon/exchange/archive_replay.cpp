#include "exchange/archive_replay.h"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "exchange/dataset_replay.h"
#include "exchange/scratch_failure.h"
#include "record/recast.h"
#include "record/try.h"
#include "store/migrations.h"

namespace sluice::exchange {
namespace {

using MigrationsOfDatasets = std::map<record::DatasetId, std::vector<store::MigrationEntry>>;

store::Result<MigrationsOfDatasets> all_migrations(store::Store& store) {
  MigrationsOfDatasets all;
  SLUICE_TRY(store.migrations().walk(0, [&](const store::MigrationEntry& migration) {
    all[migration.dataset].push_back(migration);
    return true;
  }));
  return all;
}

class ArchiveReplay {
 public:
  ArchiveReplay(const ReplaySurroundings& surroundings, const ReplayWish& wish,
                ReplayedTables tables)
      : surroundings_(surroundings),
        wish_(wish),
        tables_(std::move(tables)),
        schema_of_([this](const record::Digest& digest) { return schema(digest); }),
        findings_(wish.named) {}
  ArchiveReplay(const ArchiveReplay&) = delete;
  ArchiveReplay& operator=(const ArchiveReplay&) = delete;

  store::Result<ReplayReport> run();

 private:
  store::Result<std::optional<record::TableSchema>> schema(const record::Digest& digest) const;
  [[nodiscard]] bool is_wished(const record::DatasetId& id) const {
    return !wish_.only || *wish_.only == id;
  }
  store::Result<void> begin();
  store::Result<DatasetReplay*> dataset(const record::DatasetId& id);
  store::Result<DatasetVersions> versions_of(const record::DatasetId& id,
                                             const KnownDataset* known) const;
  store::Result<void> walk();
  store::Result<void> take(const store::LedgerEntry& entry, const record::Batch& batch);
  store::Result<void> compare(const record::DatasetId& id, DatasetReplay& replay);
  store::Result<void> check_unchanged() const;

  const ReplaySurroundings& surroundings_;
  const ReplayWish& wish_;
  ReplayedTables tables_;
  SchemaByDigest schema_of_;
  MigrationsOfDatasets migrations_;
  std::map<record::DatasetId, std::unique_ptr<DatasetReplay>> datasets_;
  int numbers_ = 0;  // that were given away
  std::int64_t last_ = 0;
  ReplayFindings findings_;
};

store::Result<std::optional<record::TableSchema>> ArchiveReplay::schema(
    const record::Digest& digest) const {
  for (const auto& [id, known] : surroundings_.catalogue.datasets()) {
    if (known->schema == digest) return known->dataset.schema;
  }
  if (!surroundings_.schema_of) return std::nullopt;
  return surroundings_.schema_of(digest);
}

// What is configured tells of a version only where it is one that followed its beginning; where
// nothing was ever migrated, a batch is of the only one there is.
store::Result<DatasetVersions> ArchiveReplay::versions_of(const record::DatasetId& id,
                                                          const KnownDataset* known) const {
  std::vector<store::MigrationEntry> migrations;
  if (const auto had = migrations_.find(id); had != migrations_.end()) migrations = had->second;
  const auto failed = [&](const record::Flaw& flaw) {
    return store::StoreFailure{store::StoreProblem::failed, "dataset " + id.str(), flaw.sentence};
  };
  auto versions =
      SLUICE_TRY(record::recast(DatasetVersions::read(std::move(migrations), {}), failed));
  if (known == nullptr || versions.migrations().empty()) return versions;
  const record::TableSchema& present = known->dataset.schema;
  if (versions.may_be_of_last(present)) versions.know_present(present);
  return versions;
}

store::Result<DatasetReplay*> ArchiveReplay::dataset(const record::DatasetId& id) {
  auto& replay = datasets_[id];
  if (replay) return replay.get();
  const KnownDataset* known = surroundings_.catalogue.find(id);
  auto versions = SLUICE_TRY(versions_of(id, known));
  replay = std::make_unique<DatasetReplay>(
      id, known, std::move(versions), numbers_,
      DatasetReplay::Surroundings{surroundings_.store, schema_of_, tables_, findings_});
  numbers_ += replay->versions();
  return replay.get();
}

// Those, too, that no batch came of: then nothing must be in their tables.
store::Result<void> ArchiveReplay::begin() {
  migrations_ = SLUICE_TRY(all_migrations(surroundings_.store));
  std::vector<record::DatasetId> known;
  for (const auto& [id, dataset] : surroundings_.catalogue.datasets())
    known.push_back(id);
  for (const auto& [id, migrations] : migrations_)
    known.push_back(id);
  for (const record::DatasetId& id : known) {
    if (!is_wished(id) || datasets_.contains(id)) continue;
    DatasetReplay* const replay = SLUICE_TRY(dataset(id));
    SLUICE_TRY(replay->begin());
  }
  return {};
}

store::Result<void> ArchiveReplay::walk() {
  store::Result<void> taken;
  std::uint64_t bytes = 0;
  SLUICE_TRY(surroundings_.store.walk(
      {}, [&](const store::LedgerEntry& entry, const record::Batch& batch) {
        last_ = entry.id;
        bytes += batch.payload.size();
        if (is_wished(entry.dataset)) taken = take(entry, batch);
        surroundings_.replayed(bytes);
        return taken.has_value();
      }));
  return taken;
}

store::Result<void> ArchiveReplay::take(const store::LedgerEntry& entry,
                                        const record::Batch& batch) {
  DatasetReplay* const replay = SLUICE_TRY(dataset(entry.dataset));
  return replay->take(entry, batch);
}

store::Result<void> ArchiveReplay::compare(const record::DatasetId& id, DatasetReplay& replay) {
  SLUICE_TRY(replay.finish(last_));
  std::uint64_t versions = 0;
  return replay.compare([&] { surroundings_.compared(id, ++versions); });
}

// Else tables were compared with what they were before.
store::Result<void> ArchiveReplay::check_unchanged() const {
  const auto now = SLUICE_TRY(all_migrations(surroundings_.store));
  for (const auto& [id, migrations] : now) {
    const auto before = migrations_.find(id);
    if (!is_wished(id)) continue;
    if (before != migrations_.end() && before->second.size() == migrations.size()) continue;
    return std::unexpected(
        store::StoreFailure{store::StoreProblem::another_version, "dataset " + id.str(),
                            "it was migrated while the archive was replayed; begin again"});
  }
  return {};
}

store::Result<ReplayReport> ArchiveReplay::run() {
  SLUICE_TRY(begin());
  SLUICE_TRY(walk());
  for (const auto& [id, replay] : datasets_)
    SLUICE_TRY(compare(id, *replay));
  SLUICE_TRY(check_unchanged());
  ReplayReport report = findings_.take();
  report.last = last_;
  for (const auto& [id, migrations] : migrations_)
    report.last = std::max(report.last, migrations.back().id);
  for (const auto& [id, replay] : datasets_)
    report.datasets.push_back(replay->report());
  return report;
}

}  // namespace

store::Result<ReplayReport> replay_archive(const ReplaySurroundings& surroundings,
                                           const ReplayWish& wish) {
  auto tables = SLUICE_TRY(record::recast(ReplayedTables::open(surroundings.scratch), of_scratch));
  ArchiveReplay replay(surroundings, wish, std::move(tables));
  return replay.run();
}

}  // namespace sluice::exchange

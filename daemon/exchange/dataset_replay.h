// One dataset of a replay: the versions that its tables had, one after another, each with the
// batches that came into it, and the migrations between them; and what is compared in the end.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "exchange/batch_replay.h"
#include "exchange/catalogue.h"
#include "exchange/dataset_versions.h"
#include "exchange/migration_replay.h"
#include "exchange/replay_report.h"
#include "exchange/replayed_tables.h"
#include "store/store.h"

namespace sluice::exchange {

// One owner, one thread. What it is given must outlive it.
class DatasetReplay {
 public:
  struct Surroundings {
    store::Store& store;
    const SchemaByDigest& schema_of;
    ReplayedTables& tables;
    ReplayFindings& findings;
  };
  // `known`: as the configuration has it; null: it has not.
  // `first_number`: of its tables in the replay, of which each version takes one.
  DatasetReplay(record::DatasetId id, const KnownDataset* known, DatasetVersions versions,
                int first_number, const Surroundings& surroundings);
  DatasetReplay(const DatasetReplay&) = delete;
  DatasetReplay& operator=(const DatasetReplay&) = delete;

  // Before anything is taken. Where a mapping can not be read, asks the store for what that
  // migration brought.
  [[nodiscard]] store::Result<void> begin();
  // In the order of the ledger.
  [[nodiscard]] store::Result<void> take(const store::LedgerEntry& entry,
                                         const record::Batch& batch);
  // There are no more; `last` is the ledger's last entry of all.
  [[nodiscard]] store::Result<void> finish(std::int64_t last);
  // Each version's tables that there still are; `compared` is told of each stored version.
  [[nodiscard]] store::Result<void> compare(const std::function<void()>& compared);

  [[nodiscard]] const ReplayedDataset& report() const { return report_; }
  [[nodiscard]] int versions() const { return static_cast<int>(replays_.size()); }

 private:
  [[nodiscard]] const std::vector<store::MigrationEntry>& migrations() const {
    return versions_.migrations();
  }
  [[nodiscard]] BatchReplay& replay() { return *replays_[in_use_.value - 1]; }
  [[nodiscard]] int number(store::Version version) const {
    return first_number_ + static_cast<int>(version.value) - 1;
  }
  // The migrations that come before an entry.
  [[nodiscard]] store::Result<void> migrate_before(std::int64_t id);
  [[nodiscard]] store::Result<void> migrate(const store::MigrationEntry& migration);
  [[nodiscard]] store::Result<void> take_over(const store::MigrationEntry& migration);
  void note(const store::LedgerEntry& entry, const Replayed& replayed);

  // What a version's tables are compared as: the form by which they are read, the last entry that
  // counts, and who reads them.
  struct Compared {
    record::Dataset form;
    store::Version version;
    std::int64_t up_to = 0;
    std::function<store::Result<void>(const std::function<bool(const store::StoredVersion&)>&)>
        read;
  };
  [[nodiscard]] std::optional<Compared> older(store::Version version) const;
  [[nodiscard]] std::optional<Compared> last() const;
  [[nodiscard]] store::Result<void> compare(const Compared& as,
                                            const std::function<void()>& compared);
  [[nodiscard]] store::Result<void> tell_in_doubt(const Compared& as);
  // By which the tables of the last version are read; nothing: nobody knows.
  [[nodiscard]] std::optional<record::Dataset> form_of_tables() const;

  const KnownDataset* known_;
  DatasetVersions versions_;
  int first_number_;
  Surroundings around_;
  ReplayedDataset report_;
  std::vector<std::unique_ptr<BatchReplay>> replays_;  // by version
  std::vector<MigrationReplay> migration_replays_;     // by the version that each ends
  store::Version in_use_{1};
  std::int64_t last_entry_ = 0;
};

}  // namespace sluice::exchange

// The versions of the datasets' tables in the embedded store: table migration, and the tables
// "data.DATASET@VERSION" and "history.DATASET@VERSION" of those that are over.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "store/migrations.h"
#include "store/sqlite/central_file.h"
#include "store/sqlite/ledger.h"

namespace sluice::store::sqlite {

[[nodiscard]] Result<Begun> current_version(CentralFile& file, const record::DatasetId& dataset);

// The last of the older versions whose tables followed `canonical`; nothing: those of none did, or
// those of the present one as well.
[[nodiscard]] Result<std::optional<Version>> former_version(CentralFile& file,
                                                            const record::DatasetId& dataset,
                                                            const std::string& canonical);

// What a store of format 1 lacks.
[[nodiscard]] Result<void> begin_migrations(CentralFile& file);

// What it is given must outlive it.
class FileMigrations final : public Migrations {
 public:
  FileMigrations(CentralFile& file, Ledger& ledger, const std::function<record::Time()>& now)
      : file_(file), ledger_(ledger), now_(now) {}

  Result<std::optional<TablesVersion>> current(const record::DatasetId& dataset) override;
  Result<std::vector<record::Digest>> schemas(const record::DatasetId& dataset,
                                              Version version) override;
  Result<MigrationReport> migrate(const MigrationOrder& order,
                                  const MigrationSigner& sign) override;
  Result<void> walk(std::int64_t after,
                    const std::function<bool(const MigrationEntry&)>& consume) override;
  Result<std::vector<MigrationEntry>> of(const record::DatasetId& dataset) override;
  Result<std::optional<MigrationEntry>> last_settled(const record::DatasetId& dataset,
                                                     std::chrono::milliseconds longest) override;
  Result<void> read(const MigrationEntry& ended_by, std::optional<record::Time> as_of,
                    const std::function<bool(const StoredRecord&)>& consume) override;
  Result<void> read_versions(const MigrationEntry& ended_by,
                             const std::function<bool(const StoredVersion&)>& consume) override;
  Result<void> drop(const MigrationEntry& ended_by) override;

 private:
  CentralFile& file_;
  Ledger& ledger_;
  const std::function<record::Time()>& now_;
};

}  // namespace sluice::store::sqlite

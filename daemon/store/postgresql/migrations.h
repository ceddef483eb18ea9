// The versions of the datasets' tables in PostgreSQL: table sluice.migration, and the tables
// data."DATASET@VERSION" and history."DATASET@VERSION" of those that are over.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "store/apply_once.h"
#include "store/migrations.h"
#include "store/postgresql/connection.h"

namespace sluice::store::postgresql {

[[nodiscard]] Result<Begun> current_version(Connection& connection,
                                            const record::DatasetId& dataset);

// The last of the older versions whose tables followed `canonical`; nothing: those of none did, or
// those of the present one as well.
[[nodiscard]] Result<std::optional<Version>> former_version(Connection& connection,
                                                            const record::DatasetId& dataset,
                                                            const std::string& canonical);

// Within a transaction: no migration of the dataset begins until it ends.
[[nodiscard]] Result<void> keep_from_migrating(Connection& connection,
                                               const record::DatasetId& dataset);
// The same, and fails where one has been since `version` was prepared.
[[nodiscard]] Result<void> hold_version(Connection& connection, const record::DatasetId& dataset,
                                        Version version);

// Within a transaction, for who brings a batch: no migration of the dataset begins until it ends.
// Waits for none: `being_migrated`.
[[nodiscard]] Result<void> keep_from_migrating_at_once(Connection& connection,
                                                       const record::DatasetId& dataset);

// As draw_ledger_id(), keep_from_migrating_at_once() and a look at the version in one, since a
// round trip more would be felt.
[[nodiscard]] Result<DrawnId> draw_ledger_id_of_version(Connection& connection,
                                                        const record::DatasetId& dataset,
                                                        Version version);

// What a store of format 1 lacks.
[[nodiscard]] Result<void> begin_migrations(Connection& connection);

class ServerMigrations final : public Migrations {
 public:
  // Calls the work with a connection that lives, or says why there is none.
  using WithConnection =
      std::function<Result<void>(const std::function<Result<void>(Connection&)>& work)>;

  // `now` must outlive it.
  ServerMigrations(WithConnection with_connection, const std::function<record::Time()>& now)
      : with_connection_(std::move(with_connection)), now_(now) {}

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
  WithConnection with_connection_;
  const std::function<record::Time()>& now_;
};

}  // namespace sluice::store::postgresql

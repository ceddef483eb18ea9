// The transaction in which a version of a dataset's tables begins in PostgreSQL.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "store/migrate_once.h"
#include "store/postgresql/connection.h"
#include "store/postgresql/session.h"
#include "store/postgresql/tables.h"

namespace sluice::store::postgresql {

// The new tables are filled under a name of their own, so that who reads the old ones is kept
// waiting only while they change names (table_turns.h). What it is given must outlive it.
class Migrating final : public MigrationTransaction {
 public:
  Migrating(Connection& connection, PostgresqlTransaction transaction, const MigrationOrder& order,
            const record::TableSchema& old);

  Result<std::optional<TablesVersion>> look(MigrationOrder::Purpose purpose) override;
  Result<record::Time> last_applied() override;
  Result<std::int64_t> draw_id() override;
  Result<std::vector<record::Digest>> schemas_up_to(const std::string& last) override;
  Result<DatasetTables*> begin_version(std::int64_t id, record::Time applied_at) override;
  Result<void> read_old(const std::function<Result<bool>(const OldRecord&)>& consume) override;
  Result<void> finish_version() override;
  Result<void> write(const MigrationEntry& entry) override;
  Result<void> commit() override;

 private:
  [[nodiscard]] std::unexpected<StoreFailure> failed(const ServerError& error) const;
  Result<void> rename_tables();
  Result<void> execute(const std::string& sql);
  // Some records of the open cursor; how many there were.
  Result<int> read_some(const std::function<Result<bool>(const OldRecord&)>& consume);

  Connection& connection_;
  PostgresqlTransaction transaction_;
  const MigrationOrder& order_;
  const record::Dataset& dataset_;
  const record::TableSchema& old_;
  Version ending_;
  record::DatasetId old_name_;
  record::Dataset next_;  // under the name of its version
  std::unique_ptr<Tables> tables_;
};

}  // namespace sluice::store::postgresql

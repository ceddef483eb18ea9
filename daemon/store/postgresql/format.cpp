#include "store/postgresql/format.h"

#include <fmt/format.h>

#include "record/try.h"
#include "store/postgresql/kept_schemas.h"
#include "store/postgresql/migrations.h"
#include "store/postgresql/session.h"

namespace sluice::store::postgresql {
namespace {

// The indexes of a large ledger may take their time.
constexpr const char* patience_of_upgrade = "SET LOCAL statement_timeout = 0";

constexpr const char* settlements = R"sql(
  ALTER TABLE sluice.ledger ADD COLUMN settles bigint NOT NULL DEFAULT 0;
  ALTER TABLE sluice.ledger ALTER COLUMN settles DROP DEFAULT;
  ALTER TABLE sluice.ledger DROP CONSTRAINT ledger_bureau_epoch_sequence_key;
  ALTER TABLE sluice.ledger ADD UNIQUE (bureau, epoch, sequence, settles);
  CREATE UNIQUE INDEX ledger_settles ON sluice.ledger (settles) WHERE settles <> 0;
  CREATE TABLE sluice.held (
    ledger  bigint PRIMARY KEY REFERENCES sluice.ledger (id),
    bureau  text COLLATE "C" NOT NULL,
    dataset text COLLATE "C" NOT NULL
  );
  CREATE INDEX held_dataset ON sluice.held (bureau, dataset, ledger))sql";

std::unexpected<StoreFailure> upgrade_failed(const ServerError& error) {
  return std::unexpected(store_failure(error, "central store"));
}

Result<void> upgrade_to_2(Connection& connection) {
  if (auto made = connection.execute(settlements); !made) return upgrade_failed(made.error());
  SLUICE_TRY(begin_keeping_schemas(connection));
  return begin_migrations(connection);
}

}  // namespace

Result<void> upgrade(Connection& connection) {
  auto transaction = PostgresqlTransaction::begin(connection);
  if (!transaction) return upgrade_failed(transaction.error());
  for (const std::string& statement :
       {std::string(patience_of_upgrade),
        fmt::format("SELECT pg_advisory_xact_lock({})", lock_keys(Lock::tables))}) {
    if (auto done = connection.execute(statement); !done) return upgrade_failed(done.error());
  }
  const auto known = connection.execute("SELECT version FROM sluice.format");
  if (!known) return upgrade_failed(known.error());
  const std::int64_t found = known->rows() == 1 ? known->integer(0, 0) : 0;
  if (found == 1) SLUICE_TRY(upgrade_to_2(connection));
  if (can_upgrade(found)) {
    SLUICE_TRY(begin_remembering_versions(connection));
    if (auto set = connection.execute("UPDATE sluice.format SET version = 3"); !set) {
      return upgrade_failed(set.error());
    }
  }
  if (auto committed = transaction->commit(); !committed) return upgrade_failed(committed.error());
  return {};
}

}  // namespace sluice::store::postgresql

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

}  // namespace

Result<void> upgrade(Connection& connection) {
  const auto as_failure = [](const ServerError& error) {
    return std::unexpected(store_failure(error, "central store"));
  };
  auto transaction = PostgresqlTransaction::begin(connection);
  if (!transaction) return as_failure(transaction.error());
  for (const std::string& statement :
       {std::string(patience_of_upgrade),
        fmt::format("SELECT pg_advisory_xact_lock({})", lock_keys(Lock::tables))}) {
    if (auto done = connection.execute(statement); !done) return as_failure(done.error());
  }
  const auto found = connection.execute("SELECT version FROM sluice.format");
  if (!found) return as_failure(found.error());
  if (can_upgrade(found->rows() == 1 ? found->integer(0, 0) : 0)) {
    if (auto made = connection.execute(settlements); !made) return as_failure(made.error());
    SLUICE_TRY(begin_keeping_schemas(connection));
    SLUICE_TRY(begin_migrations(connection));
    if (auto set = connection.execute("UPDATE sluice.format SET version = 2"); !set) {
      return as_failure(set.error());
    }
  }
  if (auto committed = transaction->commit(); !committed) return as_failure(committed.error());
  return {};
}

}  // namespace sluice::store::postgresql

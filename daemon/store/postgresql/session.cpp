#include "store/postgresql/session.h"

#include <utility>

#include <fmt/format.h>

#include "record/try.h"
#include "store/postgresql/ddl.h"
#include "store/postgresql/format.h"

namespace sluice::store::postgresql {
namespace {

constexpr std::string_view place = "central store";

// A statement may take long, a COPY of a batch onto a slow disk does; nobody waits for a lock much
// longer than a batch takes, unless the connection string says how long; and should this process
// stop dead within a transaction, others are not kept waiting for it for ever. Every join of the
// store is of a few keys with a table's index; the planner, which may know nothing yet about a
// table that was just made, must not think of scanning it. A commit that the server does not wait
// for would break the promise that acknowledged is durable. What it ends with is whether the server
// belongs to a Citus.
constexpr const char* session_settings = R"(
SET search_path = pg_catalog;
SET TimeZone = 'UTC';
SET DateStyle = 'ISO, YMD';
SET standard_conforming_strings = on;
SET statement_timeout = '10min';
SELECT set_config('lock_timeout', '60s', false)
  FROM pg_settings
 WHERE name = 'lock_timeout' AND source <> 'client';
SET idle_in_transaction_session_timeout = '5min';
SET enable_hashjoin = off;
SET enable_mergejoin = off;
SET enable_seqscan = off;
SET jit = off;
SELECT set_config('synchronous_commit', 'on', false)
 WHERE current_setting('synchronous_commit') = 'off';
SELECT to_regclass('pg_catalog.pg_dist_local_group') IS NOT NULL)";

std::unexpected<StoreFailure> failed(const ServerError& error) {
  return std::unexpected(store_failure(error, std::string(place)));
}

Result<std::int64_t> format_of(Connection& connection) {
  const auto version = connection.execute("SELECT version FROM sluice.format");
  if (!version) return failed(version.error());
  return version->rows() == 1 ? version->integer(0, 0) : 0;
}

Result<void> lock_own_tables(Connection& connection) {
  auto locked =
      connection.execute(fmt::format("SELECT pg_advisory_xact_lock({})", lock_keys(Lock::tables)));
  if (!locked) return failed(locked.error());
  return {};
}

Result<void> check_format(Connection& connection) {
  const std::int64_t found = SLUICE_TRY(format_of(connection));
  if (found == format_version) return {};
  if (can_upgrade(found)) return upgrade(connection);
  return std::unexpected(
      StoreFailure{StoreProblem::failed, std::string(place),
                   fmt::format("the database's schema sluice is of format {}, this version knows "
                               "format {}; run the version of sluiced that made it",
                               found, format_version)});
}

Result<void> make_own_tables(Connection& connection) {
  // Not the schema alone: the accounts' table may have been made before.
  constexpr const char* is_there =
      "SELECT 1 FROM pg_class WHERE relname = 'format' AND relnamespace = "
      "(SELECT oid FROM pg_namespace WHERE nspname = 'sluice')";
  auto there = connection.execute(is_there);
  if (!there) return failed(there.error());
  if (there->rows() == 1) return check_format(connection);
  auto transaction = PostgresqlTransaction::begin(connection);
  if (!transaction) return failed(transaction.error());
  SLUICE_TRY(lock_own_tables(connection));
  there = connection.execute(is_there);  // another center may have made them meanwhile
  if (!there) return failed(there.error());
  if (there->rows() == 0) {
    if (auto made = connection.execute(central_store_ddl); !made) return failed(made.error());
  }
  if (auto committed = transaction->commit(); !committed) return failed(committed.error());
  return check_format(connection);
}

// The sequence that the ids come from remembers the number, also in a dump of the database.
Result<Numbering> numbering(Connection& connection, StoreNumber wanted) {
  const auto ids = connection.execute(R"sql(
    SELECT seqstart, pg_sequence_last_value(seqrelid) IS NOT NULL
      OR EXISTS (SELECT 1 FROM sluice.ledger)
    FROM pg_sequence
    WHERE seqrelid = pg_get_serial_sequence('sluice.ledger', 'id')::regclass)sql");
  if (!ids) return failed(ids.error());
  if (ids->rows() == 0) {
    return std::unexpected(StoreFailure{StoreProblem::failed, std::string(place),
                                        "sluice.ledger has lost the sequence of its ids"});
  }
  return check_number(wanted, number_of(ids->integer(0, 0)), ids->text(0, 1) == "t",
                      std::string(place));
}

Result<void> take_number(Connection& connection, StoreNumber number) {
  if (SLUICE_TRY(numbering(connection, number)) == Numbering::fits) return {};
  auto transaction = PostgresqlTransaction::begin(connection);
  if (!transaction) return failed(transaction.error());
  auto locked = connection.execute("LOCK TABLE sluice.ledger");
  if (!locked) return failed(locked.error());
  // Another center may have set it, or used the store, meanwhile.
  if (SLUICE_TRY(numbering(connection, number)) == Numbering::to_be_set) {
    auto set = connection.execute(
        fmt::format("ALTER TABLE sluice.ledger ALTER COLUMN id SET START WITH {0} SET MINVALUE {0} "
                    "SET MAXVALUE {1} RESTART WITH {0}",
                    id_before_all(number) + 1, last_id(number)));
    if (!set) return failed(set.error());
  }
  if (auto committed = transaction->commit(); !committed) return failed(committed.error());
  return {};
}

// A worker of Citus answers for all of its tables; but ids and advisory locks are each server's
// own, so of two centers at two servers neither would see what the other has under way.
Result<void> refuse_worker(Connection& connection) {
  const auto group = connection.execute("SELECT max(groupid) FROM pg_catalog.pg_dist_local_group");
  if (!group) return failed(group.error());
  if (group->integer(0, 0) == 0) return {};
  return std::unexpected(StoreFailure{
      StoreProblem::another_store, std::string(place),
      fmt::format(
          "this server is a worker of Citus (group {}), and a store's ids and locks are the "
          "coordinator's; name the coordinator in `store.connection`",
          group->integer(0, 0))});
}

}  // namespace

Result<Connection> open_bare_session(const PostgresqlAccess& access) {
  const auto parameters = sluice::postgresql::parameters(access);
  if (!parameters) return std::unexpected(access_failure(parameters.error()));
  const Connection::Settings settings(parameters->begin(), parameters->end());
  auto connection = Connection::open(settings);
  if (!connection) return failed(connection.error());
  const auto is_citus = connection->execute(session_settings);
  if (!is_citus) return failed(is_citus.error());
  if (is_citus->text(0, 0) == "t") {
    SLUICE_TRY(refuse_worker(*connection));
  }
  return std::move(*connection);
}

Result<Connection> open_session(const PostgresqlAccess& access, StoreNumber number) {
  auto connection = SLUICE_TRY(open_bare_session(access));
  SLUICE_TRY(make_own_tables(connection));
  SLUICE_TRY(take_number(connection, number));
  return connection;
}

Connection::Answer<PostgresqlTransaction> PostgresqlTransaction::begin(Connection& connection) {
  // Each statement must see what others have committed while it waited for a lock.
  SLUICE_TRY(connection.execute("BEGIN ISOLATION LEVEL READ COMMITTED"));
  return PostgresqlTransaction(connection);
}

PostgresqlTransaction::PostgresqlTransaction(PostgresqlTransaction&& other) noexcept
    : connection_(std::exchange(other.connection_, nullptr)) {}

PostgresqlTransaction::~PostgresqlTransaction() {
  if (connection_ == nullptr) return;
  connection_->abandon();
  // Where it can not be said the connection is gone, and the server rolls back by itself.
  if (connection_->is_alive()) static_cast<void>(connection_->execute("ROLLBACK"));
}

Connection::Answer<void> PostgresqlTransaction::commit() {
  const auto committed = SLUICE_TRY(connection_->execute("COMMIT"));
  connection_ = nullptr;
  if (committed.command() != "COMMIT") {
    return std::unexpected(ServerError{"25P02", "the transaction was rolled back", {}, {}});
  }
  return {};
}

}  // namespace sluice::store::postgresql

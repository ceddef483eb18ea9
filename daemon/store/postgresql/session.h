// A connection as the store wants it: to a server that takes writes, with time limits, and to a
// database that has the store's tables.
#pragma once

#include <expected>

#include "postgresql/locks.h"
#include "store/postgresql/connection.h"
#include "store/postgresql/postgresql_store.h"

namespace sluice::store::postgresql {

using sluice::postgresql::dataset_tables;
using sluice::postgresql::dataset_versions;
using sluice::postgresql::drawn_ledger_id;
using sluice::postgresql::Lock;
using sluice::postgresql::lock_keys;

// Where nothing is to be made: the store's tables may not be there.
[[nodiscard]] Result<Connection> open_bare_session(const PostgresqlAccess& access);
[[nodiscard]] Result<Connection> open_session(const PostgresqlAccess& access, StoreNumber number);

// BEGIN … COMMIT; rolls back when it goes without commit(). `connection` must outlive it.
class PostgresqlTransaction {
 public:
  [[nodiscard]] static Connection::Answer<PostgresqlTransaction> begin(Connection& connection);
  PostgresqlTransaction(PostgresqlTransaction&& other) noexcept;
  PostgresqlTransaction& operator=(PostgresqlTransaction&&) = delete;
  ~PostgresqlTransaction();
  // After a failure it may have been committed or not: the ledger knows.
  [[nodiscard]] Connection::Answer<void> commit();

 private:
  explicit PostgresqlTransaction(Connection& connection) : connection_(&connection) {}
  Connection* connection_;
};

}  // namespace sluice::store::postgresql

// A connection as the store wants it: to a server that takes writes, with time limits, and to a
// database that has the store's tables.
#pragma once

#include <expected>

#include "store/postgresql/connection.h"
#include "store/postgresql/postgresql_store.h"

namespace sluice::store::postgresql {

// What the store's advisory locks are for; the second key of pg_advisory_lock(int, int).
enum class Lock {
  tables = 1,  // whoever makes or changes tables
  ledger = 2,  // shared: who has drawn a ledger id and not yet committed
};
// "1400006243, 1".
[[nodiscard]] std::string lock_keys(Lock lock);

// Whether libpq understands it at all.
[[nodiscard]] Result<void> check_access(const PostgresqlAccess& access);

[[nodiscard]] Result<Connection> open_session(const PostgresqlAccess& access);

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

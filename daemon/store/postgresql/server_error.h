// What PostgreSQL, or the lack of it, said; and what that means to the store's callers.
#pragma once

#include <string>

#include "postgresql/access.h"
#include "store/store.h"

namespace sluice::store::postgresql {

struct ServerError {
  std::string state;       // SQLSTATE; empty where the connection itself failed
  std::string message;     // the primary message only: detail and context quote values
  std::string constraint;  // the index or constraint that was violated
  std::string column;

  // One of the rows written is to blame: its values, a unique key, or an index entry too long.
  [[nodiscard]] bool blames_a_row() const;
  // It does not say whether a row is to blame.
  [[nodiscard]] bool leaves_a_row_open() const;
  [[nodiscard]] bool is_unique_violation() const;
  [[nodiscard]] bool is_undefined_table() const;
  [[nodiscard]] bool is_lock_timeout() const;
  // Two waited for each other, and this one gave way.
  [[nodiscard]] bool is_deadlock() const;
  // The same call may do better on another connection, or later.
  [[nodiscard]] bool may_pass() const;
};

[[nodiscard]] StoreFailure store_failure(const ServerError& error, std::string place);
[[nodiscard]] StoreFailure access_failure(const sluice::postgresql::AccessFailure& failure);

}  // namespace sluice::store::postgresql

// Owners of ODBC's handles.
#pragma once

#include <cstdint>
#include <utility>

#include <sql.h>
#include <sqlext.h>

namespace sluice::adapters::front_end::odbc {

// ODBC passes numbers in pointers (SQLSetConnectAttr, SQLSetStmtAttr).
inline SQLPOINTER as_attribute(std::uintptr_t value) {
  return reinterpret_cast<SQLPOINTER>(value);  // NOLINT(performance-no-int-to-ptr): see above
}

template <SQLSMALLINT type>
class Handle {
 public:
  Handle() = default;
  // Null where the driver manager has none to give.
  explicit Handle(SQLHANDLE parent) {
    if (!SQL_SUCCEEDED(SQLAllocHandle(type, parent, &handle_))) handle_ = nullptr;
  }
  Handle(Handle&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Handle& operator=(Handle&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~Handle() {
    if (handle_ != nullptr) SQLFreeHandle(type, handle_);
  }

  [[nodiscard]] SQLHANDLE get() const { return handle_; }

 private:
  SQLHANDLE handle_ = nullptr;
};

using Environment = Handle<SQL_HANDLE_ENV>;
using StatementHandle = Handle<SQL_HANDLE_STMT>;

// A connection's handle; disconnects before it goes.
class ConnectionHandle {
 public:
  explicit ConnectionHandle(SQLHANDLE environment) : handle_(environment) {}
  ConnectionHandle(ConnectionHandle&&) noexcept = default;
  ConnectionHandle& operator=(ConnectionHandle&&) noexcept = default;
  ~ConnectionHandle() {
    if (handle_.get() != nullptr) SQLDisconnect(handle_.get());
  }
  [[nodiscard]] SQLHANDLE get() const { return handle_.get(); }

 private:
  Handle<SQL_HANDLE_DBC> handle_;
};

}  // namespace sluice::adapters::front_end::odbc

// What an ODBC driver said went wrong, as a failure that an operator can act on.
#pragma once

#include <string>
#include <string_view>

#include "record/failure.h"

namespace sluice::adapters::front_end::odbc {

enum class OdbcProblem {
  no_driver,      // the driver's library is not there, or can not be loaded
  no_source,      // the DSN is not known, or the connection string names none
  login_refused,  // user or password
  unreachable,    // the server does not answer
  lost,           // the connection broke while it was used
  timed_out,      // a query took longer than its limit
  no_table,       // there is no such table, or the user may not see it
  rejected,       // the database would not do it: anything else that it said
  driver_fault,   // the driver contradicts itself
};
using OdbcFailure = record::Failure<OdbcProblem>;
template <class T>
using Result = std::expected<T, OdbcFailure>;

// Handles as the driver manager knows them: SQL_HANDLE_DBC, SQL_HANDLE_STMT …
struct HandleName {
  short type = 0;
  void* handle = nullptr;
};

// Where there is no connection yet, none is lost, and what a database has against us is against the
// connection string.
enum class Stage { connecting, connected };

// From the diagnostics of a handle whose last call failed. `secret` is kept out of the sentence.
[[nodiscard]] OdbcFailure diagnose(const HandleName& handle, Stage stage, std::string_view place,
                                   std::string_view secret);

}  // namespace sluice::adapters::front_end::odbc

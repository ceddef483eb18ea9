#include "store/postgresql/server_error.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace sluice::store::postgresql {

// PostgreSQL's documentation, appendix A "PostgreSQL Error Codes".
bool ServerError::blames_a_row() const {
  constexpr std::array<std::string_view, 3> classes = {"22", "23", "54"};
  return std::ranges::find(classes, std::string_view(state).substr(0, 2)) != classes.end();
}

bool ServerError::is_unique_violation() const {
  return state == "23505";
}

bool ServerError::may_pass() const {
  if (state.empty()) return true;
  constexpr std::array<std::string_view, 5> classes = {
      "08",  // connection exception
      "28",  // invalid authorization: a password that was changed
      "40",  // transaction rollback: deadlock, serialization
      "53",  // insufficient resources: disk full, too many connections
      "57",  // operator intervention: shutdown, timeout
  };
  return std::ranges::find(classes, std::string_view(state).substr(0, 2)) != classes.end() ||
         state == "25006" ||  // read-only: this host is a standby now
         state == "25P03" ||  // idle in transaction for too long
         state == "55P03";    // lock timeout
}

StoreFailure store_failure(const ServerError& error, std::string place) {
  if (error.state.empty()) {
    return {StoreProblem::unavailable, std::move(place),
            fmt::format("no connection to the central store: {}", error.message)};
  }
  // Messages of these classes quote the value that was wrong.
  const std::string said = error.blames_a_row() ? "the values do not fit" : error.message;
  return {error.may_pass() ? StoreProblem::unavailable : StoreProblem::failed, std::move(place),
          fmt::format("PostgreSQL: {} (SQLSTATE {})", said, error.state)};
}

}  // namespace sluice::store::postgresql

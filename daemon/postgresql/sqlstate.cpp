#include "postgresql/sqlstate.h"

#include <algorithm>
#include <array>

namespace sluice::postgresql {

bool may_pass(std::string_view sqlstate) {
  if (sqlstate.empty()) return true;
  constexpr std::array<std::string_view, 5> classes = {
      "08",  // connection exception
      "28",  // invalid authorization: a password that was changed
      "40",  // transaction rollback: deadlock, serialization
      "53",  // insufficient resources: disk full, too many connections
      "57",  // operator intervention: shutdown, timeout
  };
  return std::ranges::find(classes, sqlstate.substr(0, 2)) != classes.end() ||
         sqlstate == "25006" ||  // read-only: this host is a standby now
         sqlstate == "25P03" ||  // idle in transaction for too long
         sqlstate == "55P03";    // lock timeout
}

bool blames_values(std::string_view sqlstate) {
  constexpr std::array<std::string_view, 3> classes = {"22", "23", "54"};
  return std::ranges::find(classes, sqlstate.substr(0, 2)) != classes.end();
}

bool leaves_open(std::string_view sqlstate) {
  constexpr std::array<std::string_view, 6> classes = {
      "09",  // triggered action exception
      "27",  // triggered data change violation
      "38",  // external routine exception
      "39",  // external routine invocation exception
      "44",  // WITH CHECK OPTION violation
      "P0",  // PL/pgSQL: what a RAISE says that names no code
  };
  return sqlstate == "XX000" || std::ranges::find(classes, sqlstate.substr(0, 2)) != classes.end();
}

}  // namespace sluice::postgresql

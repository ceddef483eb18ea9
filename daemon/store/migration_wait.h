// What a migration meets at its last step, where the tables change names and nobody else may have
// the old ones open: hours of filling are not given up for who reads them just then.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "record/time.h"

namespace sluice::store {

// A session of the database that has the tables open.
struct TableUser {
  std::int64_t process = 0;  // of the server; 0: a prepared transaction, which has none
  std::string program;       // as it calls itself, or the server's own (autovacuum worker); empty:
                             // it does not, or we may not know
  std::string user;
  std::optional<record::Time> since;  // that its transaction began
};

struct MigrationWait {
  std::chrono::milliseconds waited{};  // since the first attempt
  // Before this attempt began and still; empty where those are gone by now.
  std::vector<TableUser> in_the_way;
};

// Told after each attempt that came to nothing. False: it is given up, and all is as it was.
using MigrationPatience = std::function<bool(const MigrationWait&)>;

// Who comes after an attempt began waits behind it, for a table as long as it lasts; in the pause
// those pass. Longer than PostgreSQL's `deadlock_timeout` (1 s), after which it ends an autovacuum
// that is in the way; shorter than who looks up a record waits (Store::find, 2 s).
struct MigrationTurns {
  std::chrono::milliseconds attempt{1500};
  std::chrono::milliseconds pause{8500};
};

}  // namespace sluice::store

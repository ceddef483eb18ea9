// The advisory locks that we take in the central store's database: numbers that all who use that
// database must agree on.
#pragma once

#include <string>

namespace sluice::postgresql {

// The second key of pg_advisory_lock(int, int).
enum class Lock {
  tables = 1,          // whoever makes or changes our own tables
  administrators = 3,  // whoever takes the node from an administrator
  deliveries = 4,      // whoever hands a delivery over to clerks
  checkpoints = 7,     // whoever makes the ledger's checkpoints
};

// "1400006243, 1": the first key, "Sluc", tells ours from those of other users of the database.
[[nodiscard]] inline std::string lock_keys(Lock lock) {
  return std::to_string(0x536C7563) + ", " + std::to_string(static_cast<int>(lock));
}

// The second keys of three more first keys: of each server process that has drawn a ledger id and
// not yet committed, so that one can be waited for and nobody else is; of each dataset whose tables
// are made or changed; of each dataset whose tables are migrated, shared by all who apply to them
// or read much of them.
inline constexpr int drawn_ledger_id = 0x536C7564;   // "Slud"
inline constexpr int dataset_tables = 0x536C7573;    // "Slus"
inline constexpr int dataset_versions = 0x536C7576;  // "Sluv"

}  // namespace sluice::postgresql

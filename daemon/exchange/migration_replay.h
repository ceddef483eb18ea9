// Replays a migration: every record that the version of before must have at its end, turned by the
// mapping that the center signed, is what the next version began with.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "exchange/replayed_tables.h"
#include "exchange/table_comparison.h"
#include "store/migrations.h"

namespace sluice::exchange {

// Whether it is of what the statement about it says.
[[nodiscard]] bool is_as_stated(const store::MigrationEntry& migration);
// Whether the mapping of it, and both schemas, can be read here: else nobody here knows what it
// did, though it was signed.
[[nodiscard]] bool is_readable(const store::MigrationEntry& migration);

struct ReplayedMigration {
  // Why it could not be: a clause. Nothing: it was.
  std::optional<std::string> why_not = std::nullopt;
  record::RowCount records;  // that the version of before must have
};

// Tables of the replay, by their numbers.
struct VersionPair {
  int before = 0;  // whose current versions have kept their fields
  int after = 0;
};

// `last`: the version that ends. Records that do not fit are told: the center found that all did.
[[nodiscard]] store::Result<ReplayedMigration> replay_migration(
    const store::MigrationEntry& migration, store::Version last, const VersionPair& numbers,
    ReplayedTables& tables, const std::function<void(const TableDifference&)>& told);

}  // namespace sluice::exchange

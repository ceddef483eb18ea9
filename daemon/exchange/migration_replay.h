// Replays a migration: every record that the version of before must have at its end, turned by the
// mapping that the center signed, is what the next version began with. Of a record in doubt all
// that it may be is turned: in doubt are, from there on, the keys that come of it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "exchange/dataset_versions.h"
#include "exchange/replayed_tables.h"
#include "exchange/table_comparison.h"
#include "exchange/version_conversion.h"
#include "store/migrations.h"

namespace sluice::exchange {

struct ReplayedMigration {
  // Why it could not be: a clause. Nothing: it was.
  std::optional<std::string> why_not = std::nullopt;
  record::RowCount records;  // that the version of before must have
  // That it may have, too: nobody can tell what became of them before.
  record::RowCount in_doubt = {};
};

// Tables of the replay, by their numbers.
struct VersionPair {
  int before = 0;  // whose current versions have kept their fields
  int after = 0;
};

// One owner, one thread.
class MigrationReplay {
 public:
  // Of the migration that ended that version. `versions` must outlive it.
  MigrationReplay(const DatasetVersions& versions, store::Version ended);

  // Whether it was signed as the ledger has it, and nobody here can read its mapping, and so knows
  // what it did: a later program has written it.
  [[nodiscard]] bool is_foreign() const { return is_as_stated_ && !conversion_; }

  // Records that do not fit are told: the center found that all did.
  [[nodiscard]] store::Result<ReplayedMigration> run(
      const VersionPair& numbers, ReplayedTables& tables,
      const std::function<void(const TableDifference&)>& told);

 private:
  const DatasetVersions& versions_;
  const store::MigrationEntry& migration_;
  store::Version ended_;
  bool is_as_stated_;
  std::optional<VersionConversion> conversion_;  // nothing: its mapping can not be read here
};

}  // namespace sluice::exchange

// Proves the migrations of a central store: each was signed by this center, is of what the ledger
// says, and none of a dataset is missing between two others.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "record/signature.h"
#include "record/signers.h"
#include "store/migrations.h"

namespace sluice::exchange {

struct MigrationReport {
  std::uint64_t migrations = 0;  // that were found good
  std::optional<std::string> first_break;
};

// What the statement about it must say, by what the ledger has.
[[nodiscard]] record::Migration stated(const store::MigrationEntry& entry);

// Whether that is what one says, as far as it tells: one of format 1 names no schemas but two.
[[nodiscard]] bool says_what_is_there(const record::Migration& said,
                                      const store::MigrationEntry& entry);

// What is wrong with one that follows version `last` of its dataset's tables; nothing: it is good.
[[nodiscard]] std::optional<std::string> fault_of_migration(const store::MigrationEntry& entry,
                                                            store::Version last,
                                                            const record::Verifier& verifier,
                                                            const record::Signers& center);

[[nodiscard]] store::Result<MigrationReport> verify_migrations(store::Migrations& migrations,
                                                               const record::Verifier& verifier,
                                                               const record::Signers& center);

}  // namespace sluice::exchange

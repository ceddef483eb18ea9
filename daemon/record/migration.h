// The center's signed statement that a dataset's tables began a new version: under which schema
// they were and are, by which mapping they were filled, and as which entry of the ledger. A batch
// tells what a bureau sent; this tells what the center itself did to what it held.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "record/digest.h"
#include "record/failure.h"
#include "record/identifiers.h"
#include "record/signature.h"
#include "record/time.h"

namespace sluice::record {

// Of a dataset's tables: 1 as they were made first, one more with each migration.
using Version = Number<struct VersionTag>;

struct Migration {
  std::int64_t ledger_id = 0;  // of the same row of numbers as the batches'
  DatasetId dataset;
  Version version;  // that began
  Digest from;      // of the schemas
  Digest to;
  Digest mapping;  // of its text, as the ledger has it
  RowCount records;
  Time at{};
  // All that the version before is known to have had, `from` among them, ascending. Nothing: it is
  // of format 1, which does not tell.
  std::optional<std::vector<Digest>> schemas = std::nullopt;
  friend bool operator==(const Migration&, const Migration&) = default;
};

struct SignedMigration {
  std::string json;
  std::string signature;
};

[[nodiscard]] std::string to_json(const Migration& migration);
enum class MigrationProblem { malformed };
[[nodiscard]] std::expected<Migration, Failure<MigrationProblem>> parse_migration(
    std::string_view json);

// One that lies in the ledger; as with receipts (verified_receipt.h).
struct VerifiedMigration {
  Migration migration;
  Signatory signatory;
};
[[nodiscard]] std::expected<VerifiedMigration, SignatureFailure> verify_kept(
    const SignedMigration& migration, const Verifier& verifier);

}  // namespace sluice::record

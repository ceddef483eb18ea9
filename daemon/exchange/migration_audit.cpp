#include "exchange/migration_audit.h"

#include <map>

#include <fmt/format.h>

#include "record/try.h"

namespace sluice::exchange {

record::Migration stated(const store::MigrationEntry& entry) {
  return {.ledger_id = entry.id,
          .dataset = entry.dataset,
          .version = entry.version,
          .from = record::sha256(entry.from_schema),
          .to = record::sha256(entry.to_schema),
          .mapping = record::sha256(entry.mapping),
          .records = entry.records,
          .at = entry.applied_at,
          .schemas = entry.schemas};
}

bool says_what_is_there(const record::Migration& said, const store::MigrationEntry& entry) {
  record::Migration there = stated(entry);
  if (!said.schemas) there.schemas.reset();
  return said == there;
}

std::optional<std::string> fault_of_migration(const store::MigrationEntry& entry,
                                              store::Version last, const record::Verifier& verifier,
                                              const record::Signers& center) {
  const auto verified = record::verify_kept(entry.statement, verifier);
  if (!verified) return record::to_string(verified.error());
  const record::Migration& said = verified->migration;
  if (const auto objection = center.objection(verified->signatory, said.at)) {
    return fmt::format(
        "it was signed by {}, which was not this center then: {} (`identity` says it)",
        verified->signatory.subject, *objection);
  }
  if (!says_what_is_there(said, entry)) {
    return "the ledger has not what was signed: another id, version, schema, mapping, count or "
           "time, or other schemas of the version before";
  }
  if (entry.version.value != last.value + 1) {
    return fmt::format("the migration to version {} is missing", last.value + 1);
  }
  return std::nullopt;
}

store::Result<MigrationReport> verify_migrations(store::Migrations& migrations,
                                                 const record::Verifier& verifier,
                                                 const record::Signers& center) {
  MigrationReport report;
  std::map<record::DatasetId, store::Version> versions;
  SLUICE_TRY(migrations.walk(0, [&](const store::MigrationEntry& entry) {
    store::Version& last = versions.try_emplace(entry.dataset, store::Version{1}).first->second;
    if (const auto wrong = fault_of_migration(entry, last, verifier, center)) {
      report.first_break = fmt::format("ledger entry {} (migration of {} to version {}): {}",
                                       entry.id, entry.dataset.str(), entry.version.value, *wrong);
      return false;
    }
    last = entry.version;
    ++report.migrations;
    return true;
  }));
  return report;
}

}  // namespace sluice::exchange

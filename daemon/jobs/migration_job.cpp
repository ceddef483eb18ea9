#include "jobs/migration_job.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "exchange/version_conversion.h"
#include "installation/system_clock.h"
#include "jobs/uninterrupted.h"
#include "record/canonical_schema.h"
#include "record/try.h"
#include "settings/mapping_text.h"

namespace sluice::jobs {
namespace {

using Purpose = store::MigrationOrder::Purpose;

// How long a commit whose answer was lost is waited for: a server that still writes, or waits for
// its standby. One that never heard of the commit gives it up after five minutes
// (`idle_in_transaction_session_timeout`), which nobody is kept waiting for: no signal ends this.
constexpr std::chrono::seconds longest_commit{60};

std::unexpected<MigrationObjections> objection(std::string sentence) {
  return std::unexpected(MigrationObjections{std::move(sentence)});
}

std::expected<intake::Mapping, MigrationObjections> mapping_for(const MigrationRequest& request) {
  auto mapping = settings::read_mapping_file(request.mapping, request.known.dataset.schema);
  if (mapping) return std::move(*mapping);
  MigrationObjections lines;
  for (const settings::Complaint& complaint : mapping.error())
    lines.push_back(settings::to_string(complaint));
  return std::unexpected(std::move(lines));
}

std::expected<store::TablesVersion, MigrationObjections> present_version(
    const record::Dataset& dataset, store::Store& store) {
  auto present = store.migrations().current(dataset.id);
  if (!present) return objection(record::to_string(present.error()));
  if (!*present) {
    return objection(fmt::format(
        "dataset {}: the store has no tables of it; with its first batch it gets those of the "
        "schema that is configured, and there is nothing to migrate",
        dataset.id.str()));
  }
  if ((*present)->schema == record::canonical_json(dataset.schema)) {
    return objection(
        fmt::format("dataset {}: the store's tables (version {}) have the schema that is "
                    "configured; change its file in the schemas' directory first",
                    dataset.id.str(), (*present)->number.value));
  }
  return std::move(**present);
}

std::expected<exchange::VersionConversion, MigrationObjections> conversion_for(
    const MigrationRequest& request, const store::TablesVersion& present,
    const intake::Mapping& mapping) {
  const auto old = record::parse_canonical_schema(present.schema);
  if (!old) return objection(record::to_string(old.error()));
  auto conversion = exchange::VersionConversion::bind(*old, request.known.dataset, mapping);
  if (!conversion) {
    return objection(fmt::format("{}: {}", request.mapping.string(), conversion.error().sentence));
  }
  return std::move(*conversion);
}

// Before anything is done that is to be in it. Trying out is not.
std::expected<std::optional<trust::AuditLog>, MigrationObjections> audit_log_for(
    const installation::Installation& installation, Purpose purpose) {
  if (purpose == Purpose::try_out) return std::nullopt;
  auto audit = installation.open_audit_log();
  if (!audit) {
    return objection("nothing was done, since the audit log can not take it: " +
                     record::to_string(audit.error()));
  }
  return std::move(*audit);
}

std::expected<void, MigrationObjections> note(trust::AuditLog& audit, const std::string& actor,
                                              const store::MigrationEntry& entry) {
  const auto noted = audit.append({"dataset-migrated",
                                   {{"actor", actor},
                                    {"dataset", entry.dataset.str()},
                                    {"version", fmt::to_string(entry.version.value)},
                                    {"ledger_id", fmt::to_string(entry.id)},
                                    {"mapping", to_string(record::sha256(entry.mapping))},
                                    {"count", fmt::to_string(entry.records.value)}}});
  if (noted) return {};
  return objection(fmt::format(
      "dataset {}: it was migrated to version {} (ledger id {}), and that is not in the audit log: "
      "{}",
      entry.dataset.str(), entry.version.value, entry.id, record::to_string(noted.error())));
}

// What is signed is committed next, and then told to the auditor: a signal does not part the two,
// and comes too late.
class Signing {
 public:
  explicit Signing(const record::Signer& signer) : signer_(signer) {}

  [[nodiscard]] record::SignedMigration sign(const record::Migration& migration) {
    uninterrupted_.emplace();
    signed_ = record::to_json(migration);
    return {signed_, signer_.sign(signed_)};
  }
  // What the ledger has of it, where the store could not say whether it was committed.
  [[nodiscard]] std::expected<std::optional<store::MigrationEntry>, store::StoreFailure> committed(
      store::Store& store, const record::DatasetId& dataset) const {
    if (signed_.empty()) return std::nullopt;
    auto last = SLUICE_TRY(store.migrations().last_settled(dataset, longest_commit));
    if (last && last->statement.json != signed_) last.reset();
    return last;
  }
  void is_done() const { uninterrupted_->forget(); }

 private:
  const record::Signer& signer_;
  std::optional<Uninterrupted> uninterrupted_;
  std::string signed_;
};

std::string doubt_of(const store::StoreFailure& failure) {
  // What is said to who comes with a batch would be of somebody else's migration.
  if (failure.code == store::StoreProblem::being_migrated) {
    return fmt::format("the database is still at it after {} s", longest_commit.count());
  }
  return record::to_string(failure);
}

// The connection may have been lost while it was committed.
std::expected<store::MigrationReport, MigrationObjections> report_in_doubt(
    const store::StoreFailure& failure, const Signing& signing, const record::DatasetId& dataset,
    store::Store& store) {
  auto entry = signing.committed(store, dataset);
  if (!entry) {
    return objection(fmt::format(
        "{}; it was being committed, and whether it was can not be told now ({}): `sluice dataset "
        "show {}` says it later. If it was, there is no line of it in the audit log",
        record::to_string(failure), doubt_of(entry.error()), dataset.str()));
  }
  if (!*entry) return objection(record::to_string(failure));
  store::MigrationReport report;
  report.records = (*entry)->records;
  report.entry = std::move(*entry);
  return report;
}

}  // namespace

std::expected<store::MigrationReport, MigrationObjections> run_migration(
    const installation::Installation& installation, const MigrationRequest& request,
    store::Store& store) {
  const auto mapping = SLUICE_TRY(mapping_for(request));
  const auto present = SLUICE_TRY(present_version(request.known.dataset, store));
  auto conversion = SLUICE_TRY(conversion_for(request, present, mapping));
  const auto credentials = installation.keyring->current();
  const record::Signer& signer = credentials->signer;
  // What is not signed while its certificate holds would be no proof.
  if (const auto why = record::why_not_signing(signer.certificate(), installation::system_now())) {
    return objection(*why);
  }
  if (const auto why = installation.store_obstacle()) return objection(*why);
  auto audit = SLUICE_TRY(audit_log_for(installation, request.purpose));
  const std::string text = settings::mapping_text(mapping);
  const store::RecordConverter convert =
      [&](std::span<const std::optional<std::string_view>> values) {
        return conversion.convert(values);
      };
  Signing signing(signer);
  auto migrated = store.migrations().migrate(
      {.dataset = request.known.dataset,
       .checker = request.known.checker,
       .from = present,
       .mapping = text,
       .convert = convert,
       .purpose = request.purpose,
       .patience = request.patience},
      [&](const record::Migration& migration) { return signing.sign(migration); });
  store::MigrationReport report;
  if (migrated) {
    report = std::move(*migrated);
  } else {
    report =
        SLUICE_TRY(report_in_doubt(migrated.error(), signing, request.known.dataset.id, store));
  }
  if (!report.entry) return report;
  signing.is_done();
  if (audit) SLUICE_TRY(note(*audit, request.actor, *report.entry));
  return report;
}

std::expected<void, std::string> drop_version(const installation::Installation& installation,
                                              const record::DatasetId& dataset,
                                              store::Version version, const std::string& actor,
                                              store::Store& store) {
  const auto entries = store.migrations().of(dataset);
  if (!entries) return std::unexpected(record::to_string(entries.error()));
  const auto ended_by = std::ranges::find(*entries, store::Version{version.value + 1},
                                          &store::MigrationEntry::version);
  if (ended_by == entries->end()) {
    return std::unexpected(fmt::format(
        "dataset {} has no older version {}: its tables are of version {} (`sluice dataset show "
        "{}`), and that one stays",
        dataset.str(), version.value, entries->size() + 1, dataset.str()));
  }
  auto audit = installation.open_audit_log();
  if (!audit) return std::unexpected(record::to_string(audit.error()));
  if (auto dropped = store.migrations().drop(*ended_by); !dropped) {
    return std::unexpected(record::to_string(dropped.error()));
  }
  const auto noted = audit->append(
      {"dataset-version-dropped",
       {{"actor", actor}, {"dataset", dataset.str()}, {"version", fmt::to_string(version.value)}}});
  if (noted) return {};
  return std::unexpected(
      fmt::format("dataset {}: version {} was dropped, and that is not in the audit log: {}",
                  dataset.str(), version.value, record::to_string(noted.error())));
}

}  // namespace sluice::jobs

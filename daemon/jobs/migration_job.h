// Lets a dataset's tables begin a new version under the schema that is configured, filled from the
// old one through a mapping. The job behind `sluice dataset migrate`.
#pragma once

#include <expected>
#include <filesystem>
#include <string>
#include <vector>

#include "exchange/catalogue.h"
#include "installation/installation.h"
#include "store/migrations.h"
#include "trust/audit_log.h"

namespace sluice::jobs {

struct MigrationRequest {
  const exchange::KnownDataset& known;
  std::filesystem::path mapping;
  store::MigrationOrder::Purpose purpose = store::MigrationOrder::Purpose::migrate;
  std::string actor;  // for the audit log
  // Where its last step meets who has the tables open.
  store::MigrationPatience patience = [](const store::MigrationWait&) { return true; };
};

// A line each.
using MigrationObjections = std::vector<std::string>;

[[nodiscard]] std::expected<store::MigrationReport, MigrationObjections> run_migration(
    const installation::Installation& installation, const MigrationRequest& request,
    store::Store& store);

// Lets go of the tables of an older version; audited.
[[nodiscard]] std::expected<void, std::string> drop_version(
    const installation::Installation& installation, const record::DatasetId& dataset,
    store::Version version, const std::string& actor, store::Store& store);

}  // namespace sluice::jobs

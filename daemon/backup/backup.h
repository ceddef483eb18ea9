// Copies a node's state while it works, into a directory that is either whole or not there.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>

#include "backup/backup_manifest.h"
#include "record/failure.h"
#include "settings/settings.h"
#include "sqlite/copy.h"

namespace sluice::backup {

struct BackupRequest {
  std::filesystem::path configuration;  // the directory
  std::filesystem::path target;         // is not there yet; its parent directory is
  // Also what of the configuration directory is no *.yaml, *.json or *.csv: certificates, keys,
  // passwords.
  bool with_keys = false;
  record::Time now{};
  sqlite::CopyPace pace = {};
};

// Each database is copied as of one moment, in the order of state_files(), checked, and digested.
// When it returns, all is on the disk under its name; where it fails, nothing is there. Blocks for
// as long as reading and writing everything takes.
[[nodiscard]] std::expected<BackupManifest, record::Flaw> make_backup(
    const settings::Settings& settings, const BackupRequest& request);

}  // namespace sluice::backup

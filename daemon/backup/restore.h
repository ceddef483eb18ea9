// Puts a node's state back from a backup, into an empty place, so that the node knows of itself
// that it was restored.
#pragma once

#include <expected>
#include <filesystem>
#include <vector>

#include "backup/backup_manifest.h"
#include "record/failure.h"
#include "record/keyring.h"
#include "settings/settings.h"

namespace sluice::backup {

// Reads all of it: the manifest, and each file against its digest.
[[nodiscard]] std::expected<BackupManifest, record::Flaw> verify_backup(
    const std::filesystem::path& directory);

struct Restored {
  std::vector<record::BureauId> journals;
  bool has_store = false;
};

// `manifest` was verified, and no daemon runs. The state directory must be empty, and no store lie
// where it belongs. An embedded store becomes another incarnation. Each journal is remembered as
// one that had given out more numbers than it knows of: nothing is taken into it until a new epoch
// has begun (jobs/new_epoch_job.h), since those numbers may stand for other batches elsewhere. What
// was begun and broken off is noticed by installation::load_installation().
[[nodiscard]] std::expected<Restored, record::Flaw> restore_state(
    const std::filesystem::path& directory, const BackupManifest& manifest,
    const settings::Settings& settings, const record::Keyring& keyring);

// The backup's files of the configuration directory, into one that is empty or not there.
[[nodiscard]] std::expected<std::size_t, record::Flaw> restore_configuration(
    const std::filesystem::path& directory, const BackupManifest& manifest,
    const std::filesystem::path& target);

}  // namespace sluice::backup

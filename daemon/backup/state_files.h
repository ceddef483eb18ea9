// Which files of a node are backed up, and in which order.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "backup/backup_manifest.h"
#include "settings/settings.h"

namespace sluice::backup {

struct StateFile {
  std::string name;            // in the backup
  std::filesystem::path file;  // on the node
};

// Databases, of which each may be missing. Who refers to a journal stands before it, and is copied
// before it: a task that counts as journaled, a batch that the store has, are then in the journals
// that are copied later. The other way round, a restored node would believe in rows that its
// journal has not. The audit log is last, so that it tells of all that is in the others.
//
// Left out is what a restored node must not go on from: what it remembers of its journals and store
// (remembered.sqlite), what captures keep beside them, and what is of a run alone (scratch/).
[[nodiscard]] std::vector<StateFile> state_files(const settings::Settings& settings);

// The revocation lists that were in force here once. One may go while it is looked at: then another
// has come that says all that it said.
[[nodiscard]] std::vector<StateFile> seen_lists(const settings::Settings& settings);

// Where a file of a backup that was made so lies on a node with these settings; empty: it has none.
[[nodiscard]] std::filesystem::path place_of(const std::string& name,
                                             const settings::Settings& settings);

[[nodiscard]] StoreKind store_kind(const settings::Settings& settings);

// Below this the configuration directory's files stand in a backup.
inline constexpr std::string_view configuration_prefix = "configuration/";

}  // namespace sluice::backup

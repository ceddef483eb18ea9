// Reads a configuration directory: node.yaml, bureaus/*.yaml and the schema directory that
// node.yaml names (default: schemas/ beside it).
#pragma once

#include <expected>
#include <filesystem>
#include <vector>

#include "settings/settings.h"

namespace sluice::settings {

// All complaints, not the first; in order of file and line. That files of the identity are missing
// is none by itself (Identity::missing). Touches no file but those of the configuration (and that
// the identity's files exist), opens no connection, creates nothing.
[[nodiscard]] std::expected<Settings, std::vector<Complaint>> load(
    const std::filesystem::path& directory);

// node.yaml alone, whatever is wrong with the others: for what comes before they are written.
[[nodiscard]] std::expected<Node, std::vector<Complaint>> load_node(
    const std::filesystem::path& directory);

// Where a node's daemon is spoken to, and nothing else of it: who asks need not be able to look at
// the files that the configuration names.
[[nodiscard]] std::expected<std::filesystem::path, std::vector<Complaint>> load_control_socket(
    const std::filesystem::path& directory);

}  // namespace sluice::settings

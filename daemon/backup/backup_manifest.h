// What a backup of a node's state says of itself: `manifest.json` in its directory
// (docs/restore.md). Without it, or with a file that is another one than it says, a backup is none.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "record/digest.h"
#include "record/failure.h"
#include "record/identifiers.h"
#include "record/time.h"

namespace sluice::backup {

inline constexpr std::string_view manifest_name = "manifest.json";

struct BackedUpFile {
  std::string path;  // in the backup, with `/`
  std::uint64_t bytes = 0;
  record::Digest digest;
  friend bool operator==(const BackedUpFile&, const BackedUpFile&) = default;
};

// Where the node's central store is: only an embedded one is in the backup.
enum class StoreKind { none, embedded, elsewhere };

struct BackupManifest {
  record::NodeId node;
  record::Time made_at{};  // when it began
  std::string version;     // of Sluice
  StoreKind store = StoreKind::none;
  bool has_keys = false;
  std::vector<BackedUpFile> files;
  friend bool operator==(const BackupManifest&, const BackupManifest&) = default;
};

[[nodiscard]] std::string to_json(const BackupManifest& manifest);
// Strict; of files only paths that stay inside the backup.
[[nodiscard]] std::expected<BackupManifest, record::Flaw> parse_backup_manifest(
    std::string_view json);

// Of a file, read in pieces.
[[nodiscard]] std::expected<BackedUpFile, record::Flaw> describe(
    const std::filesystem::path& directory, const std::string& path);

}  // namespace sluice::backup

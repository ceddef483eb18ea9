#include "backup/backup_manifest.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <system_error>
#include <utility>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "record/json_members.h"

namespace sluice::backup {
namespace {

constexpr std::string_view format = "sluice-backup/1";
constexpr std::array<std::string_view, 3> stores = {"none", "embedded", "elsewhere"};

bool stays_inside(const std::string& path) {
  const std::filesystem::path parts(path);
  return !path.empty() && parts.is_relative() && parts == parts.lexically_normal() &&
         *parts.begin() != "..";
}

std::expected<BackedUpFile, record::Flaw> file_of(simdjson::dom::element value) {
  record::JsonMembers members(value);
  BackedUpFile file{.path = members.text("path"), .bytes = members.number("bytes"), .digest = {}};
  const auto digest = record::parse_digest(members.text("sha256"));
  if (!digest) members.complain("sha256", "a digest");
  if (!stays_inside(file.path)) members.complain("path", "a path inside the backup");
  if (const auto problem = members.finish()) return std::unexpected(record::Flaw{*problem});
  file.digest = *digest;
  return file;
}

}  // namespace

std::string to_json(const BackupManifest& manifest) {
  boost::json::array files;
  for (const BackedUpFile& file : manifest.files) {
    files.push_back(
        {{"path", file.path}, {"bytes", file.bytes}, {"sha256", record::to_string(file.digest)}});
  }
  const boost::json::object object{{"format", format},
                                   {"node", manifest.node.str()},
                                   {"made_at", record::to_string(manifest.made_at)},
                                   {"version", manifest.version},
                                   {"store", stores.at(static_cast<std::size_t>(manifest.store))},
                                   {"keys", manifest.has_keys},
                                   {"files", std::move(files)}};
  return boost::json::serialize(object) + "\n";
}

std::expected<BackupManifest, record::Flaw> parse_backup_manifest(std::string_view json) {
  record::JsonMembers members(json);
  BackupManifest manifest{.node = record::NodeId(members.text("node"))};
  if (members.text("format") != format) members.complain("format", std::string(format));
  const auto made_at = record::parse_time(members.text("made_at"));
  if (!made_at) members.complain("made_at", "a time");
  manifest.version = members.text("version");
  const std::string store = members.text("store");
  const auto* const kind = std::ranges::find(stores, store);
  if (kind == stores.end()) members.complain("store", "none, embedded or elsewhere");
  manifest.has_keys = members.boolean("keys");
  for (const simdjson::dom::element value : members.array("files")) {
    auto file = file_of(value);
    if (!file) return std::unexpected(file.error());
    manifest.files.push_back(std::move(*file));
  }
  if (const auto problem = members.finish()) return std::unexpected(record::Flaw{*problem});
  manifest.made_at = *made_at;
  manifest.store = static_cast<StoreKind>(kind - stores.begin());
  return manifest;
}

std::expected<BackedUpFile, record::Flaw> describe(const std::filesystem::path& directory,
                                                   const std::string& path) {
  std::ifstream in(directory / path, std::ios::binary);
  record::DigestStream digest;
  BackedUpFile file{.path = path};
  std::vector<char> piece(std::size_t{1} << 20);
  while (in) {
    in.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    const auto count = static_cast<std::size_t>(in.gcount());
    digest.update({piece.data(), count});
    file.bytes += count;
  }
  if (!in.eof()) {
    return std::unexpected(
        record::Flaw{fmt::format("{}: can not be read: {}", (directory / path).string(),
                                 std::generic_category().message(errno))});
  }
  file.digest = digest.finish();
  return file;
}

}  // namespace sluice::backup

#include "node/durable_start.h"

#include <cerrno>
#include <system_error>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "record/try.h"
#include "sqlite/database.h"

namespace sluice::node {
namespace {

std::vector<std::filesystem::path> files_of(const installation::Installation& installation) {
  const settings::Settings& settings = installation.settings;
  std::vector<std::filesystem::path> files{installation.paths.audit_log(),
                                           installation.paths.tasks()};
  for (const auto& [id, bureau] : settings.bureaus) {
    if (settings.carrier(id) == nullptr) files.push_back(installation.paths.journal(id));
  }
  if (settings.node.store) {
    const auto* embedded = std::get_if<settings::SqliteLocation>(&*settings.node.store);
    if (embedded != nullptr) files.push_back(embedded->file);
  }
  return files;
}

sqlite::Result<void> empty_log_of(const std::filesystem::path& file) {
  auto database = SLUICE_TRY(sqlite::Database::open(file));
  return database.empty_log();
}

std::expected<void, std::string> made_durable(const std::filesystem::path& file,
                                              files::StateDisk& disk) {
  std::error_code error;
  // Opening an empty one would write into it, and who opens it then is to find it as it was.
  if (const auto bytes = std::filesystem::file_size(file, error); error || bytes == 0) return {};
  const auto emptied = empty_log_of(file);
  if (emptied) return {};
  const sqlite::Error& why = emptied.error();
  const bool passes = why.is_busy() || why.is_disk_full() || why.is_out_of_files();
  if (passes && !disk.distrusted()) return {};
  // Nothing is acknowledged from it: who opens it refuses it, and the other bureaus go on.
  if (why.is_damaged()) return {};
  if (why.is_failed_sync()) disk.distrust(fmt::format("{}: {}", file.string(), why.message));
  return std::unexpected(
      fmt::format("{}: what it holds can not be made durable ({}), and so nothing may be "
                  "acknowledged; see to the disk, then start `sluiced` again",
                  file.string(), why.message));
}

}  // namespace

std::expected<void, std::string> make_durable_anew(const installation::Installation& installation) {
  files::StateDisk& disk = *installation.disk;
  for (const std::filesystem::path& file : files_of(installation))
    SLUICE_TRY(made_durable(file, disk));
  if (disk.trust_again()) return {};
  return std::unexpected(fmt::format("{}: can not be removed: {}",
                                     installation.paths.not_durable_mark().string(),
                                     std::generic_category().message(errno)));
}

std::expected<void, std::string> make_durable_anew(const installation::Installation& installation,
                                                   const record::BureauId& bureau) {
  return made_durable(installation.paths.journal(bureau), *installation.disk);
}

}  // namespace sluice::node

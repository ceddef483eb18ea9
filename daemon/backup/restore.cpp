#include "backup/restore.h"

#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "backup/state_files.h"
#include "backup/told.h"
#include "installation/paths.h"
#include "installation/store_memory.h"
#include "installation/system_clock.h"
#include "journal/journal.h"
#include "journal/stream_marks.h"
#include "record/recast.h"
#include "record/try.h"
#include "sqlite/database.h"

namespace sluice::backup {
namespace {

namespace fs = std::filesystem;

template <class T, class Code>
Told<T> told(std::expected<T, record::Failure<Code>> result) {
  return record::recast(std::move(result), [](const record::Failure<Code>& failure) {
    return record::Flaw{record::to_string(failure)};
  });
}

Told<void> must_be_empty(const fs::path& directory) {
  std::error_code error;
  if (!fs::exists(directory, error) || fs::is_empty(directory, error)) return {};
  return flaw(directory,
              "is not empty: a restore puts nothing on top of what is there; move it away "
              "whole, and keep it until all is well");
}

Told<void> put(const fs::path& from, const fs::path& to, fs::perms permissions) {
  std::error_code error;
  fs::create_directories(to.parent_path(), error);
  if (!error) fs::copy_file(from, to, error);
  if (!error) fs::permissions(to, permissions, error);
  if (error) return flaw(to, "can not be written: " + error.message());
  return make_durable(to);
}

class Restoring {
 public:
  Restoring(const fs::path& directory, const BackupManifest& manifest,
            const settings::Settings& settings, const record::Keyring& keyring)
      : directory_(directory),
        manifest_(manifest),
        settings_(settings),
        keyring_(keyring),
        paths_(settings.node.state_directory) {}

  Told<Restored> run();

 private:
  Told<void> check() const;
  Told<void> begin() const;
  Told<void> put_files();
  // Another incarnation than the one that was backed up, which may have gone on.
  Told<void> begin_store(const fs::path& file) const;
  Told<void> mark(const record::BureauId& bureau, journal::StreamMarks& marks) const;
  Told<void> finish() const;

  const fs::path& directory_;
  const BackupManifest& manifest_;
  const settings::Settings& settings_;
  const record::Keyring& keyring_;
  installation::Paths paths_;
  Restored restored_;
};

Told<void> Restoring::check() const {
  if (manifest_.node != settings_.node.name) {
    return flaw(directory_, fmt::format("is of node {}, and the configuration is of {}",
                                        manifest_.node.str(), settings_.node.name.str()));
  }
  if ((manifest_.store == StoreKind::embedded) != (store_kind(settings_) == StoreKind::embedded)) {
    return flaw(directory_,
                "is of a node with another kind of central store than the configuration "
                "has; restore it with the configuration that it was made with");
  }
  SLUICE_TRY(must_be_empty(settings_.node.state_directory));
  for (const BackedUpFile& file : manifest_.files) {
    std::error_code error;
    const fs::path place = place_of(file.path, settings_);
    if (!place.empty() && fs::exists(place, error)) {
      return flaw(place, "is there already; move it away first");
    }
    if (place.empty() && !file.path.starts_with(configuration_prefix)) {
      return flaw(
          directory_,
          fmt::format("{} has no place here: the configuration names no such bureau or store; "
                      "restore it with the configuration that it was made with",
                      file.path));
    }
  }
  return {};
}

Told<void> Restoring::begin() const {
  std::error_code error;
  fs::create_directories(settings_.node.state_directory, error);
  const fs::path mark = paths_.unfinished_restore();
  std::ofstream(mark) << directory_.string() << '\n';
  SLUICE_TRY(make_durable(mark));
  return make_durable(mark.parent_path());
}

Told<void> Restoring::put_files() {
  constexpr auto owner_only = fs::perms::owner_read | fs::perms::owner_write;
  for (const BackedUpFile& file : manifest_.files) {
    const fs::path place = place_of(file.path, settings_);
    if (place.empty()) continue;
    SLUICE_TRY(put(directory_ / file.path, place, owner_only));
    if (file.path == "central.sqlite") {
      SLUICE_TRY(begin_store(place));
      restored_.has_store = true;
    }
  }
  for (const auto& [id, bureau] : settings_.bureaus) {
    if (fs::exists(paths_.journal(id))) restored_.journals.push_back(id);
  }
  return {};
}

Told<void> Restoring::begin_store(const fs::path& file) const {
  std::random_device chance;
  const auto drawn = std::uniform_int_distribution<std::uint32_t>(1, INT32_MAX)(chance);
  const auto set = [&]() -> sqlite::Result<void> {
    auto store = SLUICE_TRY(sqlite::Database::open(file));
    SLUICE_TRY(store.execute(fmt::format("PRAGMA user_version={}", drawn)));
    return store.empty_log();
  }();
  if (!set) return flaw(file, set.error().message);
  return told(installation::StoreMemory(paths_.remembered()).replace(drawn));
}

Told<void> Restoring::mark(const record::BureauId& bureau, journal::StreamMarks& marks) const {
  auto journal = SLUICE_TRY(told(journal::Journal::open(
      paths_.journal(bureau), bureau, settings_.node.journal, keyring_, installation::system_now)));
  // So that the head is the highest number that was given out.
  SLUICE_TRY(told(journal.close_open_batches(journal::Journal::Close::all)));
  const auto status = SLUICE_TRY(told(journal.status()));
  return told(marks.replace(bureau, {status.stream.epoch, {status.head.sequence.value + 1}}));
}

Told<void> Restoring::finish() const {
  SLUICE_TRY(make_durable(paths_.audit_log().parent_path()));
  for (const auto& directory : paths_.directories()) {
    std::error_code error;
    if (fs::exists(directory, error)) SLUICE_TRY(make_durable(directory));
  }
  std::error_code error;
  fs::remove(paths_.unfinished_restore(), error);
  if (error) return flaw(paths_.unfinished_restore(), error.message());
  return make_durable(settings_.node.state_directory);
}

Told<Restored> Restoring::run() {
  SLUICE_TRY(check());
  SLUICE_TRY(begin());
  SLUICE_TRY(put_files());
  const auto marks = SLUICE_TRY(told(journal::StreamMarks::open(paths_.remembered())));
  for (const record::BureauId& bureau : restored_.journals)
    SLUICE_TRY(mark(bureau, *marks));
  SLUICE_TRY(finish());
  return std::move(restored_);
}

}  // namespace

std::expected<BackupManifest, record::Flaw> verify_backup(const fs::path& directory) {
  std::ifstream in(directory / manifest_name, std::ios::binary);
  const std::string json{std::istreambuf_iterator<char>(in), {}};
  if (!in.is_open()) {
    return flaw(directory, "is no backup: it has no manifest.json that can be read");
  }
  auto manifest = parse_backup_manifest(json);
  if (!manifest) return flaw(directory / manifest_name, manifest.error().sentence);
  for (const BackedUpFile& file : manifest->files) {
    const auto found = SLUICE_TRY(describe(directory, file.path));
    if (found == file) continue;
    return flaw(directory / file.path,
                fmt::format("is not as it was backed up: {} bytes, {}; expected {} bytes, "
                            "{}; take another backup",
                            found.bytes, record::to_string(found.digest), file.bytes,
                            record::to_string(file.digest)));
  }
  return manifest;
}

std::expected<Restored, record::Flaw> restore_state(const fs::path& directory,
                                                    const BackupManifest& manifest,
                                                    const settings::Settings& settings,
                                                    const record::Keyring& keyring) {
  return Restoring(directory, manifest, settings, keyring).run();
}

std::expected<std::size_t, record::Flaw> restore_configuration(const fs::path& directory,
                                                               const BackupManifest& manifest,
                                                               const fs::path& target) {
  SLUICE_TRY(must_be_empty(target));
  std::size_t count = 0;
  for (const BackedUpFile& file : manifest.files) {
    if (!file.path.starts_with(configuration_prefix)) continue;
    const fs::path place = target / file.path.substr(configuration_prefix.size());
    std::error_code error;
    const auto permissions = fs::status(directory / file.path, error).permissions();
    SLUICE_TRY(put(directory / file.path, place, permissions));
    ++count;
  }
  return count;
}

}  // namespace sluice::backup

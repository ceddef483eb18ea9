#include "backup/backup.h"

#include <array>
#include <fstream>
#include <set>
#include <string>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "backup/state_files.h"
#include "backup/told.h"
#include "record/try.h"

namespace sluice::backup {
namespace {

namespace fs = std::filesystem;

Told<void> make_directories(const fs::path& directory) {
  std::error_code error;
  fs::create_directories(directory, error);
  if (!error) fs::permissions(directory, fs::perms::owner_all, error);
  if (error) return flaw(directory, "can not be made: " + error.message());
  return {};
}

class Copying {
 public:
  Copying(const settings::Settings& settings, const BackupRequest& request)
      : settings_(settings),
        request_(request),
        partial_(request.target.string() + ".partial"),
        manifest_{.node = settings.node.name,
                  .made_at = request.now,
                  .version = SLUICE_VERSION,
                  .store = store_kind(settings),
                  .has_keys = request.with_keys} {}
  ~Copying() {
    std::error_code error;
    if (is_ours_) fs::remove_all(partial_, error);  // half of a backup is of no use to anybody
  }
  Copying(const Copying&) = delete;
  Copying& operator=(const Copying&) = delete;

  Told<BackupManifest> run();

 private:
  Told<void> begin();
  Told<void> copy_database(const StateFile& file);
  Told<void> copy_seen_lists();
  Told<void> copy_configuration();
  [[nodiscard]] bool is_wanted(const fs::path& file) const;
  Told<void> copy_file(const fs::path& from, const std::string& name);
  // The file is there: into the manifest with it.
  Told<void> note(const std::string& name);
  Told<void> finish();

  const settings::Settings& settings_;
  const BackupRequest& request_;
  fs::path partial_;
  bool is_ours_ = false;
  BackupManifest manifest_;
};

Told<void> Copying::begin() {
  std::error_code error;
  if (fs::exists(request_.target, error)) {
    return flaw(request_.target, "is there already; name a directory that is not");
  }
  if (fs::exists(partial_, error)) {
    return flaw(partial_,
                "is there already: another backup is under way to there, or was broken off; "
                "remove it if none is");
  }
  is_ours_ = true;
  return make_directories(partial_);
}

Told<void> Copying::note(const std::string& name) {
  manifest_.files.push_back(SLUICE_TRY(describe(partial_, name)));
  return {};
}

Told<void> Copying::copy_database(const StateFile& file) {
  std::error_code missing;
  if (!fs::exists(file.file, missing)) return {};
  const fs::path target = partial_ / file.name;
  SLUICE_TRY(make_directories(target.parent_path()));
  if (auto copied = sqlite::copy_file(file.file, target, request_.pace); !copied) {
    return flaw(file.file, "can not be copied: " + copied.error().message);
  }
  const auto wrong = [&]() -> sqlite::Result<std::string> {
    auto copy = SLUICE_TRY(sqlite::Database::open(target));
    return sqlite::check(copy, sqlite::Check::thorough);
  }();
  if (!wrong || !wrong->empty()) {
    return flaw(file.file, fmt::format("its copy is damaged, and so it is itself, or the disk: {}",
                                       wrong ? *wrong : wrong.error().message));
  }
  // It was opened to be looked at; what that left behind is no part of it.
  for (const char* part : {"-wal", "-shm"})
    fs::remove(target.string() + part, missing);
  return note(file.name);
}

bool Copying::is_wanted(const fs::path& file) const {
  constexpr std::array endings = {".yaml", ".json", ".csv"};
  return request_.with_keys || std::ranges::find(endings, file.extension()) != endings.end();
}

Told<void> Copying::copy_file(const fs::path& from, const std::string& name) {
  const fs::path target = partial_ / name;
  SLUICE_TRY(make_directories(target.parent_path()));
  std::error_code error;
  fs::copy_file(from, target, error);
  if (error) return flaw(from, "can not be copied: " + error.message());
  SLUICE_TRY(make_durable(target));
  return note(name);
}

Told<void> Copying::copy_seen_lists() {
  std::set<std::string> copied;
  for (bool is_complete = false; !is_complete;) {
    is_complete = true;
    for (const StateFile& list : seen_lists(settings_)) {
      if (copied.contains(list.name)) continue;
      const auto done = copy_file(list.file, list.name);
      std::error_code error;
      if (!done && fs::exists(list.file, error)) return done;
      if (done) copied.insert(list.name);
      is_complete = is_complete && done;
    }
  }
  return {};
}

Told<void> Copying::copy_configuration() {
  std::error_code error;
  fs::recursive_directory_iterator each(request_.configuration, error);
  for (; !error && each != fs::recursive_directory_iterator(); each.increment(error)) {
    if (!each->is_regular_file() || !is_wanted(each->path())) continue;
    const fs::path inside = each->path().lexically_relative(request_.configuration);
    SLUICE_TRY(copy_file(each->path(), std::string(configuration_prefix) + inside.string()));
  }
  if (error) return flaw(request_.configuration, "can not be read: " + error.message());
  return {};
}

Told<void> Copying::finish() {
  const fs::path file = partial_ / manifest_name;
  std::ofstream(file, std::ios::binary) << to_json(manifest_);
  SLUICE_TRY(make_durable(file));
  std::error_code error;
  for (const auto& entry : fs::recursive_directory_iterator(partial_, error)) {
    if (entry.is_directory()) SLUICE_TRY(make_durable(entry.path()));
  }
  SLUICE_TRY(make_durable(partial_));
  fs::rename(partial_, request_.target, error);
  if (error) return flaw(request_.target, "can not be made: " + error.message());
  is_ours_ = false;
  return make_durable(fs::absolute(request_.target).parent_path());
}

Told<BackupManifest> Copying::run() {
  SLUICE_TRY(begin());
  for (const StateFile& file : state_files(settings_))
    SLUICE_TRY(copy_database(file));
  SLUICE_TRY(copy_seen_lists());
  SLUICE_TRY(copy_configuration());
  SLUICE_TRY(finish());
  return std::move(manifest_);
}

}  // namespace

std::expected<BackupManifest, record::Flaw> make_backup(const settings::Settings& settings,
                                                        const BackupRequest& request) {
  return Copying(settings, request).run();
}

}  // namespace sluice::backup

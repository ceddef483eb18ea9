#include "backup/state_files.h"

#include <algorithm>
#include <variant>

#include "installation/paths.h"
#include "trust/seen_lists.h"

namespace sluice::backup {
namespace {

constexpr std::string_view journals_prefix = "journals/";
constexpr std::string_view journal_ending = ".journal";
constexpr std::string_view lists_prefix = "revocations/";

const settings::SqliteLocation* embedded_store(const settings::Settings& settings) {
  const auto& store = settings.node.store;
  return store ? std::get_if<settings::SqliteLocation>(&*store) : nullptr;
}

// All but journals and the audit log.
std::vector<StateFile> others(const settings::Settings& settings) {
  const installation::Paths paths(settings.node.state_directory);
  std::vector<StateFile> files{{"jobs.sqlite", paths.run_history()},
                               {"reconciliation.sqlite", paths.reconciliation_reports()},
                               {"people.sqlite", paths.people()},
                               {"edges.sqlite", paths.edges()},
                               {"tasks.sqlite", paths.tasks()}};
  if (const auto* store = embedded_store(settings))
    files.push_back({"central.sqlite", store->file});
  return files;
}

}  // namespace

std::vector<StateFile> state_files(const settings::Settings& settings) {
  const installation::Paths paths(settings.node.state_directory);
  std::vector<StateFile> files = others(settings);
  for (const auto& [id, bureau] : settings.bureaus) {
    files.push_back(
        {std::string(journals_prefix) + id.str() + std::string(journal_ending), paths.journal(id)});
  }
  files.push_back({"audit.sqlite", paths.audit_log()});
  return files;
}

std::vector<StateFile> seen_lists(const settings::Settings& settings) {
  const installation::Paths paths(settings.node.state_directory);
  std::vector<StateFile> files;
  for (const auto& file : trust::SeenLists(paths.seen_lists()).files())
    files.push_back({std::string(lists_prefix) + file.filename().string(), file});
  return files;
}

std::filesystem::path place_of(const std::string& name, const settings::Settings& settings) {
  if (name.starts_with(lists_prefix)) {
    return installation::Paths(settings.node.state_directory).seen_lists() /
           name.substr(lists_prefix.size());
  }
  const auto files = state_files(settings);
  const auto found = std::ranges::find(files, name, &StateFile::name);
  return found == files.end() ? std::filesystem::path() : found->file;
}

StoreKind store_kind(const settings::Settings& settings) {
  if (!settings.node.store) return StoreKind::none;
  return embedded_store(settings) != nullptr ? StoreKind::embedded : StoreKind::elsewhere;
}

}  // namespace sluice::backup

#include "installation/state_formats.h"

#include <system_error>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "edges/format.h"
#include "installation/installation.h"
#include "installation/paths.h"
#include "journal/format.h"
#include "journal/marks_format.h"
#include "people/format.h"
#include "reconciliation/format.h"
#include "runs/history_format.h"
#include "sqlite/format.h"
#include "sqlite/look_up.h"
#include "store/sqlite/format.h"
#include "tasks/format.h"
#include "trust/audit_format.h"

namespace sluice::installation {
namespace {

// Of the embedded store `user_version` says which one it is, and a table of which form.
constexpr const char* store_question = "SELECT version FROM format";

}  // namespace

std::vector<NumberedFile> numbered_files(const settings::Node& node) {
  const Paths paths(node.state_directory);
  std::vector<NumberedFile> files;
  std::error_code ignored;  // no folder, no journals
  const auto journals = paths.journal(record::BureauId("any")).parent_path();
  for (const auto& entry : std::filesystem::directory_iterator(journals, ignored)) {
    if (entry.path().extension() != ".journal") continue;
    files.push_back({entry.path(), journal::newest_format, Use::bureau});
  }
  if (node.store) {
    if (const auto* sqlite = std::get_if<settings::SqliteLocation>(&*node.store)) {
      files.push_back({.file = sqlite->file,
                       .newest = store::sqlite::format_version,
                       .question = store_question});
    }
  }
  files.push_back({paths.remembered(), journal::newest_marks_format});
  files.push_back({paths.audit_log(), trust::newest_audit_format});
  files.push_back({paths.run_history(), runs::newest_history_format});
  files.push_back({paths.people(), people::newest_format});
  files.push_back({paths.tasks(), tasks::newest_format});
  files.push_back({paths.edges(), edges::newest_format});
  files.push_back({paths.reconciliation_reports(), reconciliation::newest_format});
  return files;
}

sqlite::Result<std::int64_t> found_format(const NumberedFile& file) {
  return sqlite::look_up(file.file, file.question);
}

std::vector<std::string> written_by_later_version(const settings::Node& node) {
  std::vector<std::string> lines;
  for (const NumberedFile& file : numbered_files(node)) {
    std::error_code unseen;
    if (file.use == Use::bureau || !std::filesystem::exists(file.file, unseen)) {
      continue;
    }
    const auto found = found_format(file);
    if (!found) continue;
    if (const auto why = sqlite::why_too_late(*found, file.newest)) {
      lines.push_back(fmt::format("{}: {}", file.file.string(), *why));
    }
  }
  return lines;
}

std::expected<void, Refusal> refuse_later_state(const std::filesystem::path& configuration) {
  const auto settings = load_settings(configuration);
  if (!settings) return {};
  std::vector<std::string> lines = written_by_later_version(settings->node);
  if (lines.empty()) return {};
  return std::unexpected(Refusal{.lines = std::move(lines), .configuration = true});
}

}  // namespace sluice::installation

// The files of the state as this version finds them: of a form that it knows, readable, and no
// restore that was left half-way. Opened to look only: nothing is brought up to a newer form here.
#include <cerrno>
#include <optional>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "doctor/checks.h"
#include "installation/state_formats.h"

namespace sluice::doctor {
namespace {

std::optional<Finding> objection(const installation::NumberedFile& state) {
  const auto version = installation::found_format(state);
  if (!version && version.error().is_damaged()) {
    return wrong(state.file.string(),
                 fmt::format("it is no database, or damaged (SQLite: {})", version.error().message),
                 "restore it from the latest backup: docs/restore.md");
  }
  if (!version &&
      (version.error().system_error == EACCES || version.error().system_error == EPERM)) {
    return skipped(state.file.string(),
                   "this user may not read it; say it as root, or as the service's user");
  }
  if (!version) {
    return warning(state.file.string(),
                   fmt::format("its form can not be told (SQLite: {})", version.error().message),
                   "say it again as the service's user, or while sluiced is stopped");
  }
  if (*version <= state.newest) return std::nullopt;
  return wrong(state.file.string(),
               fmt::format("it is of format {}, and this program reads up to {}: a newer sluiced "
                           "has written to it",
                           *version, state.newest),
               "install that version again; there is no way back to an older one but a backup");
}

Findings look_at_versions(const Surroundings& node) {
  Findings findings;
  std::size_t there = 0;
  for (const installation::NumberedFile& state : installation::numbered_files(node.node)) {
    std::error_code ignored;
    if (!std::filesystem::exists(state.file, ignored)) continue;
    ++there;
    if (auto found = objection(state)) findings.push_back(std::move(*found));
  }
  const std::string place = node.node.state_directory.string();
  if (there == 0) return {skipped(place, "there is no state yet, or this user may not look")};
  if (findings.empty()) {
    findings.push_back(
        ok(place, fmt::format("{} files are of forms that this version knows", there)));
  }
  return findings;
}

Findings look_for_restore(const Surroundings& node) {
  const auto mark = node.paths().unfinished_restore();
  if (std::error_code ignored; !std::filesystem::exists(mark, ignored)) {
    return {ok(node.node.state_directory.string(), "no restore was left half-way")};
  }
  return {
      wrong(mark.string(),
            "a restore began here and did not end, so what lies here is no state to go on from",
            fmt::format("empty the directory, and say {} again", node.sluice("restore BACKUP")))};
}

}  // namespace

std::vector<Check> state_checks(const Shared& node) {
  const auto of = [&](const char* name, Findings (*look)(const Surroundings&)) {
    return Check{.name = name,
                 .group = "State",
                 .about = node->node.state_directory.string(),
                 .needs = {},
                 .look = [node, look] { return look(*node); }};
  };
  return {of("state-versions", look_at_versions), of("restore", look_for_restore)};
}

}  // namespace sluice::doctor

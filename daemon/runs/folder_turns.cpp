#include "runs/folder_turns.h"

#include <system_error>

namespace sluice::runs {
namespace {

// Two names of one folder are one folder, as far as that can be known.
std::filesystem::path true_name(const std::filesystem::path& folder) {
  std::error_code unknown;
  std::filesystem::path name = std::filesystem::weakly_canonical(folder, unknown);
  return unknown ? folder.lexically_normal() : name;
}

}  // namespace

std::expected<FolderTurns::Turn, record::BureauId> FolderTurns::take(
    const std::filesystem::path& folder, const record::BureauId& bureau) {
  std::filesystem::path name = true_name(folder);
  const std::lock_guard lock(mutex_);
  const auto [holder, is_free] = taken_.emplace(name, bureau);
  if (!is_free) return std::unexpected(holder->second);
  return Turn(*this, std::move(name));
}

void FolderTurns::give_back(const std::filesystem::path& folder) {
  const std::lock_guard lock(mutex_);
  taken_.erase(folder);
}

}  // namespace sluice::runs

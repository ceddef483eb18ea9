#include "commands/import_files.h"

#include <algorithm>
#include <system_error>

#include <fmt/format.h>

#include "adapters/disk/drop_folder.h"

namespace sluice::commands {
namespace {

// As for a drop folder; but nobody is writing here, and so what ends in .tmp is told as well.
std::string reason_of(const std::filesystem::directory_entry& entry) {
  const auto reason = adapters::disk::why_passed_over(entry);
  return reason.value_or("hidden, or named as what is still written (.tmp, .part)");
}

// A link or a pipe of such a name is the import's to refuse, with its own sentence.
bool is_to_be_loaded(const std::filesystem::directory_entry& entry) {
  std::error_code gone;
  return adapters::disk::is_delivery(entry.path().filename().string()) &&
         !std::filesystem::is_directory(entry.symlink_status(gone));
}

}  // namespace

std::expected<ImportFiles, std::string> files_of(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::is_directory(path, error)) return ImportFiles{{path}, {}};
  ImportFiles found;
  std::filesystem::directory_iterator entry(path, error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    if (is_to_be_loaded(*entry)) {
      found.files.push_back(entry->path());
    } else {
      found.passed_over.push_back({entry->path(), reason_of(*entry)});
    }
  }
  if (error) {
    return std::unexpected(
        fmt::format("{}: the folder can not be listed: {}; nothing of it was loaded", path.string(),
                    error.message()));
  }
  std::ranges::sort(found.files);
  std::ranges::sort(found.passed_over, {}, &PassedOverFile::path);
  return found;
}

std::string name_of(const std::filesystem::path& file, const std::filesystem::path& below) {
  if (below.empty()) return file.string();
  const auto name = file.lexically_normal().lexically_relative(below.lexically_normal());
  const bool is_below = !name.empty() && *name.begin() != ".." && *name.begin() != ".";
  return is_below ? name.string() : file.string();
}

}  // namespace sluice::commands

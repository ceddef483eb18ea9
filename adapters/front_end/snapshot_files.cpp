#include "adapters/front_end/snapshot_files.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include <fmt/format.h>

namespace sluice::adapters::front_end {
namespace {

constexpr std::string_view of_digests = "digests";
constexpr std::string_view of_gone = "gone";

// The number in the name of one of this dataset's files.
std::optional<std::uint64_t> generation_of(std::string_view name, std::string_view dataset,
                                           std::string_view kind) {
  const std::string suffix = fmt::format(".{}", kind);
  if (!name.starts_with(dataset) || !name.ends_with(suffix)) return std::nullopt;
  name.remove_prefix(dataset.size());
  name.remove_suffix(std::min(suffix.size(), name.size()));
  std::uint64_t number = 0;
  if (!name.starts_with('.')) return std::nullopt;
  name.remove_prefix(1);
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (error != std::errc{} || end != name.data() + name.size()) return std::nullopt;
  return number;
}

}  // namespace

std::filesystem::path SnapshotFiles::digests(std::uint64_t generation) const {
  return folder_ / fmt::format("{}.{}.{}", dataset_.str(), generation, of_digests);
}

std::filesystem::path SnapshotFiles::gone(std::uint64_t generation) const {
  return folder_ / fmt::format("{}.{}.{}", dataset_.str(), generation, of_gone);
}

std::uint64_t SnapshotFiles::unused_generation() const {
  std::uint64_t highest = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
    const auto number = generation_of(entry.path().filename().string(), dataset_.str(), of_digests);
    highest = std::max(highest, number.value_or(0));
  }
  return highest + 1;
}

void SnapshotFiles::remove_all_but(std::uint64_t generation) const {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder_, error)) {
    const std::string name = entry.path().filename().string();
    const auto digests = generation_of(name, dataset_.str(), of_digests);
    const bool is_left = digests && *digests != generation;
    if (!is_left && !generation_of(name, dataset_.str(), of_gone)) continue;
    // What can not be removed now is removed after the next run.
    static_cast<void>(std::filesystem::remove(entry.path(), error));
  }
}

}  // namespace sluice::adapters::front_end

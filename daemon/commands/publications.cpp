#include "commands/publications.h"

#include <algorithm>

#include <fmt/format.h>

#include "commands/commands.h"

namespace sluice::commands {

std::optional<CollectedPublications> collected_publications(
    const foundation::Foundation& foundation, const std::string& bureau,
    const std::string& dataset) {
  const settings::Bureau* settings = find_bureau(foundation, bureau);
  if (settings == nullptr) return std::nullopt;
  CollectedPublications found{*settings, {}};
  for (const settings::Publication& publication : settings->publishes) {
    const auto& channels = publication.channels;
    const bool is_collected =
        std::ranges::find(channels, record::Mode::front_end) != channels.end();
    if (is_collected && (dataset.empty() || dataset == publication.dataset.str())) {
      found.publications.push_back(&publication);
    }
  }
  if (!found.publications.empty()) return found;
  const std::string what = dataset.empty() ? "nothing" : fmt::format("no dataset `{}`", dataset);
  static_cast<void>(fail(fmt::format("{} publishes {} from an exchange database; see `publishes` "
                                     "in bureaus/{}.yaml",
                                     bureau, what, bureau),
                         ExitStatus::usage));
  return std::nullopt;
}

}  // namespace sluice::commands

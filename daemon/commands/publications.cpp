#include "commands/publications.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "commands/commands.h"

namespace sluice::commands {

namespace {

std::vector<const settings::Publication*> publications_of(const settings::Bureau& bureau,
                                                          const std::string& dataset) {
  std::vector<const settings::Publication*> found;
  for (const settings::Publication& publication : bureau.publishes) {
    const auto& channels = publication.channels;
    const bool is_collected =
        std::ranges::find(channels, record::Mode::front_end) != channels.end();
    if (is_collected && (dataset.empty() || dataset == publication.dataset.str())) {
      found.push_back(&publication);
    }
  }
  return found;
}

std::string nothing_found(const settings::Bureau& bureau, const std::string& dataset) {
  std::vector<std::string> names;
  for (const settings::Publication* publication : publications_of(bureau, ""))
    names.push_back(publication->dataset.str());
  if (names.empty()) {
    return fmt::format(
        "{} publishes nothing from an exchange database: no dataset in its file has `front-end` "
        "among its channels",
        bureau.id.str());
  }
  return fmt::format("{} publishes no {} from an exchange database; there are {}", bureau.id.str(),
                     dataset, fmt::join(names, ", "));
}

}  // namespace

std::optional<CollectedPublications> collected_publications(
    const installation::Installation& installation, const std::string& bureau,
    const std::string& dataset) {
  const settings::Bureau* settings = find_bureau(installation.settings, bureau);
  if (settings == nullptr) return std::nullopt;
  CollectedPublications found{*settings, publications_of(*settings, dataset)};
  if (!found.publications.empty()) return found;
  static_cast<void>(fail(nothing_found(*settings, dataset), ExitStatus::usage));
  return std::nullopt;
}

runs::ExitStatus for_each(
    const CollectedPublications& collected,
    const std::function<runs::ExitStatus(const settings::Publication&)>& done) {
  auto worst = ExitStatus::success;
  bool has_failed = false;
  bool was_refused = false;
  for (const settings::Publication* publication : collected.publications) {
    const ExitStatus status = done(*publication);
    has_failed = has_failed || status == ExitStatus::failure;
    was_refused = was_refused || status == ExitStatus::refused;
    worst = std::max(worst, status);
  }
  if (has_failed) return ExitStatus::failure;
  // What is tried again by itself comes before what was taken and waits, for an operator or for the
  // center.
  const bool waits = worst == ExitStatus::held_back || worst == ExitStatus::not_applied;
  return was_refused && waits ? ExitStatus::refused : worst;
}

}  // namespace sluice::commands

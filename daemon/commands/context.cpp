#include <algorithm>
#include <cstdio>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "commands/commands.h"

namespace sluice::commands {

std::unique_ptr<foundation::Foundation> Context::foundation() const {
  auto foundation = foundation::lay_foundation(configuration);
  if (foundation) return std::move(*foundation);
  for (const std::string& line : foundation.error().lines)
    fmt::print(stderr, "sluice: {}\n", line);
  return nullptr;
}

ExitStatus fail(const std::string& sentence, ExitStatus status) {
  fmt::print(stderr, "sluice: {}\n", sentence);
  return status;
}

ExitStatus fail_without_store() {
  return fail(
      "this node has no central store: it sends its batches to a center (`uplink` in node.yaml); "
      "ask "
      "there",
      ExitStatus::usage);
}

const settings::Bureau* find_bureau(const foundation::Foundation& foundation,
                                    const std::string& name) {
  const auto& bureaus = foundation.settings.bureaus;
  const auto found = bureaus.find(record::BureauId(name));
  if (found != bureaus.end()) {
    const settings::CarryingNode* carrier = foundation.carrier(found->first);
    if (carrier == nullptr) return &found->second;
    fmt::print(stderr,
               "sluice: the data of {} begins on node {}, which brings it here; do this there\n",
               name, carrier->name.str());
    return nullptr;
  }
  std::vector<std::string> names;
  names.reserve(bureaus.size());
  for (const auto& [id, bureau] : bureaus)
    names.push_back(id.str());
  fmt::print(stderr, "sluice: there is no bureau {}; there are {}\n", name, fmt::join(names, ", "));
  return nullptr;
}

}  // namespace sluice::commands

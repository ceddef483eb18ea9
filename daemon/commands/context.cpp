#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include "commands/commands.h"
#include "settings/load.h"
#include "setup/initial_configuration.h"

namespace sluice::commands {
namespace {

void print(const installation::Refusal& refusal) {
  for (const std::string& line : refusal.lines)
    fmt::print(stderr, "sluice: {}\n", line);
}

}  // namespace

std::unique_ptr<installation::Installation> Context::installation() const {
  auto installation = installation::load_installation(configuration);
  if (installation) return std::move(*installation);
  print(installation.error());
  return nullptr;
}

std::optional<settings::Settings> Context::settings() const {
  auto settings = installation::load_settings(configuration);
  if (settings) return std::move(*settings);
  print(settings.error());
  return std::nullopt;
}

std::optional<std::filesystem::path> Context::control_socket() const {
  const auto file = configuration / "node.yaml";
  if (::access(file.c_str(), R_OK) != 0 && errno == EACCES) return setup::packaged_socket;
  auto socket = settings::load_control_socket(configuration);
  if (socket) return std::move(*socket);
  for (const settings::Complaint& complaint : socket.error())
    static_cast<void>(fail(settings::to_string(complaint)));
  return std::nullopt;
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

const settings::Bureau* find_bureau(const settings::Settings& settings, const std::string& name) {
  const auto& bureaus = settings.bureaus;
  const auto found = bureaus.find(record::BureauId(name));
  if (found != bureaus.end()) {
    const settings::CarryingNode* carrier = settings.carrier(found->first);
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

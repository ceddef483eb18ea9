#include "doctor/checks.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "exchange/catalogue.h"
#include "installation/installation.h"
#include "settings/load.h"

namespace sluice::doctor {
namespace {

constexpr const char* configuration_group = "Configuration";

std::string place_of(const settings::Complaint& complaint) {
  if (complaint.line == 0) return complaint.file.string();
  return fmt::format("{}:{}", complaint.file.string(), complaint.line);
}

Finding of_complaint(const settings::Complaint& complaint) {
  const std::string whole = to_string(complaint);
  // Its own place, which has a column, too, is in front of what it says.
  const std::size_t said = whole.find(": ");
  return wrong(place_of(complaint), said == std::string::npos ? whole : whole.substr(said + 2),
               fmt::format("edit {}", place_of(complaint)));
}

Findings of_complaints(const std::vector<settings::Complaint>& complaints) {
  Findings findings;
  for (const settings::Complaint& complaint : complaints)
    findings.push_back(of_complaint(complaint));
  return findings;
}

Check said(std::string name, Findings findings) {
  return {.name = std::move(name),
          .group = configuration_group,
          .about = findings.front().about,
          .needs = {},
          .look = [findings] { return findings; }};
}

// What is wrong with it as a whole: no node, or none that can be read.
Findings of_no_node(const Surroundings& node, const std::vector<settings::Complaint>& complaints) {
  std::error_code error;
  const auto file = node.configuration / "node.yaml";
  const bool is_there = std::filesystem::exists(file, error);
  if (error) {
    return {
        wrong(file.string(), fmt::format("this user may not look there ({})", error.message()),
              "say it as root, or as the service's user: `runuser -u sluice -- sluice doctor`")};
  }
  if (!is_there) {
    return {
        wrong(file.string(), "it is not there: this machine has no node yet",
              fmt::format("{} or {}; another directory is named by --config",
                          node.sluice("init front-end --bureau BUREAU --center https://HOST:8443"),
                          node.sluice("init center")))};
  }
  return of_complaints(complaints);
}

Findings of_good(const Surroundings& node) {
  const settings::Settings& all = *node.all;
  const auto catalogue = exchange::Catalogue::compile(all.datasets);
  if (!catalogue) {
    Findings findings;
    for (const auto& failure : catalogue.error())
      findings.push_back(
          wrong(failure.place, failure.sentence, fmt::format("edit {}", failure.place)));
    return findings;
  }
  Findings findings{
      ok(node.configuration.string(),
         fmt::format(
             "node {}: {} and {}", all.node.name.str(),
             all.bureaus.size() == 1 ? "1 bureau" : fmt::format("{} bureaus", all.bureaus.size()),
             all.datasets.size() == 1 ? "1 dataset"
                                      : fmt::format("{} datasets", all.datasets.size())))};
  if (const auto mode = installation::weak_sslmode_of_store(all)) {
    findings.push_back(warning(
        (node.configuration / "node.yaml").string(),
        fmt::format(
            "`store.connection` leaves this machine with sslmode={}: anybody on the way can "
            "be the central store",
            *mode),
        "leave sslmode out, and name the authority that its certificate is of in sslrootcert"));
  }
  return findings;
}

}  // namespace

std::vector<Check> checks_of(Surroundings surroundings) {
  std::vector<Check> checks;
  auto settings = settings::load(surroundings.configuration);
  auto node = settings::load_node(surroundings.configuration);
  if (!node) {
    checks.push_back(said("configuration", of_no_node(surroundings, node.error())));
    checks.push_back({.name = "rest",
                      .group = configuration_group,
                      .about = "all else",
                      .needs = {"configuration"},
                      .look = [] { return Findings{}; }});
    return checks;
  }
  surroundings.node = std::move(*node);
  const Findings complaints = settings ? Findings() : of_complaints(settings.error());
  if (settings) surroundings.all = std::move(*settings);
  const auto shared = std::make_shared<const Surroundings>(std::move(surroundings));
  checks.push_back(said("configuration", shared->all ? of_good(*shared) : complaints));
  for (const auto& family : {identity_checks, file_checks, disk_checks, state_checks, daemon_checks,
                             store_checks, center_checks, database_checks}) {
    std::ranges::move(family(shared), std::back_inserter(checks));
  }
  return checks;
}

}  // namespace sluice::doctor

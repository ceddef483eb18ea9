// A node to look at: directories and certificates of its own, and settings that a test bends.
#pragma once

#include <algorithm>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <unistd.h>

#include "doctor/checks.h"
#include "installation/system_clock.h"
#include "pki/authority.h"
#include "pki/identity_files.h"
#include "support/temporary_directory.h"

namespace sluice::doctor::test {

// Runs that one of a family, without those that it needs.
inline Findings look(const std::vector<Check>& checks, const std::string& name) {
  const auto found = std::ranges::find(checks, name, &Check::name);
  if (found == checks.end()) throw std::runtime_error("there is no check " + name);
  return found->look();
}

class ExaminedNode {
 public:
  ExaminedNode() {
    for (const char* folder : {"config", "config/bureaus", "state", "state/journals"})
      std::filesystem::create_directory(directory / folder);
    for (const char* folder : {"state", "state/journals"})
      std::filesystem::permissions(directory / folder, std::filesystem::perms(0750));
    const pki::IdentityFiles own = issue("front-1");
    surroundings.configuration = directory / "config";
    surroundings.clock = installation::system_now;
    surroundings.sync = ::fsync;
    surroundings.service_user = "nobody-has-this-name";
    settings::Node& of_node = surroundings.node;
    of_node.name = record::NodeId("front-1");
    of_node.state_directory = directory / "state";
    of_node.control_socket = directory / "state/control.socket";
    of_node.identity = {.subject = subject("front-1"),
                        .certificate = own.certificate,
                        .key = own.key,
                        .authorities = authority.certificate_file(),
                        .revocations = authority.list_file(),
                        .earlier = {},
                        .missing = {}};
    surroundings.all.emplace();
    surroundings.all->node = of_node;
  }

  [[nodiscard]] Shared shared() const { return std::make_shared<const Surroundings>(surroundings); }
  [[nodiscard]] settings::Node& node() { return surroundings.node; }

  [[nodiscard]] static std::string subject(const std::string& name) {
    return "CN=" + name + ",O=Sluice";
  }
  // A certificate of a year, as `sluice pki` makes it.
  pki::IdentityFiles issue(const std::string& name) const {
    const pki::IdentityFiles files{directory / (name + ".pem"), directory / (name + ".key")};
    const auto done = pki::certify_here(authority, subject(name), pki::Purpose::node, {"localhost"},
                                        files, {0600}, installation::system_now());
    if (!done) throw std::runtime_error(record::to_string(done.error()));
    return files;
  }
  // What time it is for the checks.
  void pass(std::chrono::days days) {
    surroundings.clock = [days] { return installation::system_now() + days; };
  }

  const record::test::TemporaryDirectory directory;
  pki::Authority authority = pki::Authority::found(directory / "pki", "CN=Root,O=Sluice",
                                                   std::nullopt, {}, installation::system_now())
                                 .value();
  Surroundings surroundings;
};

// For messages: "wrong /etc/x: sentence -> remedy".
inline std::string told(const Findings& findings) {
  std::string text;
  for (const Finding& finding : findings) {
    text += std::string(to_string(finding.verdict)) + " " + finding.about + ": " + finding.found +
            (finding.remedy.empty() ? "" : " -> " + finding.remedy) + "\n";
  }
  return text;
}

}  // namespace sluice::doctor::test

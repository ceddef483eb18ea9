// What checks look at a node from: its configuration, as far as that can be read, and what a test
// steers of the machine. Shared by all checks, since one that hangs may outlive the others.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "installation/paths.h"
#include "observe/log_target.h"
#include "record/time.h"
#include "settings/settings.h"

namespace sluice::doctor {

struct Surroundings {
  std::filesystem::path configuration;    // its directory, as it was named
  settings::Node node;                    // node.yaml
  std::optional<settings::Settings> all;  // nothing: something else is wrong with it
  std::function<record::Time()> clock;
  std::filesystem::path program = "/proc/self/exe";  // that looks at databases: `sluice`
  std::filesystem::path journald = observe::journald_socket;
  std::filesystem::path locks = "/proc/locks";  // who holds which
  std::function<int(int)> sync;                 // fsync
  std::string service_user = "sluice";          // as whom the packaged service runs

  [[nodiscard]] installation::Paths paths() const {
    return installation::Paths(node.state_directory);
  }
  // As it is to be typed: with --config where the configuration is not the usual one.
  [[nodiscard]] std::string command(const std::string& program_name,
                                    const std::string& arguments) const {
    const bool is_usual = configuration == "/etc/sluice";
    return program_name + (is_usual ? "" : " --config " + configuration.string()) + " " + arguments;
  }
  [[nodiscard]] std::string sluice(const std::string& arguments) const {
    return "`" + command("sluice", arguments) + "`";
  }
};
using Shared = std::shared_ptr<const Surroundings>;

}  // namespace sluice::doctor

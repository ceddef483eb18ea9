// The daemon.
#include <csignal>
#include <cstdio>
#include <exception>
#include <filesystem>

#include <CLI/CLI.hpp>
#include <malloc.h>

#include "installation/installation.h"
#include "installation/state_formats.h"
#include "node/identity_wait.h"
#include "node/node.h"
#include "runs/exit_status.h"

namespace {

using sluice::runs::ExitStatus;

int exit_with(ExitStatus status) {
  return static_cast<int>(status);
}

ExitStatus refuse(const sluice::installation::Refusal& refusal) {
  for (const std::string& line : refusal.lines)
    std::fprintf(stderr, "sluiced: %s\n", line.c_str());
  return refusal.configuration ? ExitStatus::usage : ExitStatus::failure;
}

// The command that jobs run stands beside the daemon.
std::filesystem::path command_beside(const char* program) {
  std::error_code error;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  return (error ? std::filesystem::path(program) : self).parent_path() / "sluice";
}

int run(int argc, char** argv) {
  CLI::App app("Sluice: data exchange between bureaus. The daemon.", "sluiced");
  app.set_version_flag("--version", "sluiced " SLUICE_VERSION);
  std::filesystem::path configuration = "/etc/sluice";
  bool only_check = false;
  app.add_option("--config", configuration, "The configuration directory")->capture_default_str();
  app.add_flag("--check-config", only_check, "Check the configuration and exit: 0 good, 2 not");
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& asked) {
    return app.exit(asked);
  } catch (const CLI::ParseError& error) {
    app.exit(error);
    return exit_with(ExitStatus::usage);
  }
  if (only_check) {
    const auto verdict = sluice::installation::check_configuration(configuration);
    for (const std::string& complaint : verdict.complaints)
      std::fprintf(stderr, "%s\n", complaint.c_str());
    for (const std::string& warning : verdict.warnings)
      std::fprintf(stderr, "warning: %s\n", warning.c_str());
    if (!verdict.complaints.empty()) return exit_with(ExitStatus::usage);
    std::printf("%s: the configuration is good\n", configuration.c_str());
    return exit_with(ExitStatus::success);
  }
  // Until somebody listens for it: who changes files while this starts must not end it.
  std::signal(SIGHUP, SIG_IGN);
  const auto known = sluice::installation::refuse_later_state(configuration);
  if (!known) return exit_with(refuse(known.error()));
  const auto waited = sluice::node::await_identity(configuration);
  if (!waited) {
    std::fprintf(stderr, "sluiced: %s\n", waited.error().c_str());
    return exit_with(ExitStatus::failure);
  }
  if (*waited == sluice::node::WaitEnd::stopped) return exit_with(ExitStatus::success);
  auto installation = sluice::installation::load_installation(configuration);
  if (!installation) return exit_with(refuse(installation.error()));
  auto node =
      sluice::node::Node::start(std::move(*installation), command_beside(argv[0]), configuration);
  if (!node) {
    std::fprintf(stderr, "sluiced: %s\n", node.error().c_str());
    return exit_with(ExitStatus::failure);
  }
  (*node)->run();
  return exit_with(ExitStatus::success);
}

// What is large is given back to the system once it is free, and a thread's small blocks are not
// kept apart from those of each of the hundreds of others: a node's memory is what its streams
// share. What is not large is kept for the next one: a compressed page, or a query that sorts,
// takes some hundreds of KiB for a moment, and fetching them from the system page by page took
// longer than the work itself.
void share_memory() {
  constexpr int large = 1 << 20;  // bytes; else it grows with what was freed last
  mallopt(M_MMAP_THRESHOLD, large);
  mallopt(M_ARENA_MAX, 4);
  mallopt(M_TRIM_THRESHOLD, 4 * large);  // an arena's; else 128 KiB
  mallopt(M_TOP_PAD, large / 4);
}

}  // namespace

int main(int argc, char** argv) {
  share_memory();
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "sluiced: %s\n", error.what());
    return exit_with(ExitStatus::failure);
  }
}

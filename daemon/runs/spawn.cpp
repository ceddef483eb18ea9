#include "runs/spawn.h"

#include <csignal>
#include <cstdlib>
#include <string_view>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runs/exit_status.h"

namespace sluice::runs {
namespace {

constexpr std::string_view parent_variable = "SLUICE_PARENT";

// What posix_spawn is told of the child's descriptors and signals.
struct SpawnSettings {
  explicit SpawnSettings(const Descriptors& descriptors) {
    posix_spawn_file_actions_init(&actions);
    if (descriptors.input < 0) {
      posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    } else {
      posix_spawn_file_actions_adddup2(&actions, descriptors.input, STDIN_FILENO);
    }
    if (descriptors.output >= 0) {
      posix_spawn_file_actions_adddup2(&actions, descriptors.output, STDOUT_FILENO);
    }
    if (descriptors.errors >= 0) {
      posix_spawn_file_actions_adddup2(&actions, descriptors.errors, STDERR_FILENO);
    }
    // A child that outlives us must not go on listening in our place.
    posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
    posix_spawnattr_init(&attributes);
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes, &none);
    sigset_t defaults;
    sigemptyset(&defaults);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGPIPE})
      sigaddset(&defaults, signal);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(
        &attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  }
  ~SpawnSettings() {
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;

  posix_spawn_file_actions_t actions{};
  posix_spawnattr_t attributes{};
};

// Our own environment, and in it who we are.
std::vector<std::string> environment_of_child() {
  std::vector<std::string> variables;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    if (!std::string_view(*variable).starts_with(parent_variable))
      variables.emplace_back(*variable);
  }
  variables.push_back(fmt::format("{}={}", parent_variable, getpid()));
  return variables;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (std::string& text : texts)
    pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

std::expected<pid_t, record::Flaw> spawn(const std::filesystem::path& program,
                                         const std::vector<std::string>& arguments,
                                         const Descriptors& descriptors) {
  const std::string name = program.string();
  std::vector<std::string> words{name};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<std::string> variables = environment_of_child();
  const SpawnSettings settings(descriptors);
  pid_t id = 0;
  const int error = posix_spawn(&id, name.c_str(), &settings.actions, &settings.attributes,
                                pointers_to(words).data(), pointers_to(variables).data());
  if (error == 0) return id;
  return std::unexpected(record::Flaw{
      fmt::format("{}: can not be started: {}", name, std::generic_category().message(error))});
}

int exit_status(int wait_status) {
  return WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : 128 + WTERMSIG(wait_status);
}

void end_with_parent() {
  const char* parent = std::getenv(parent_variable.data());  // NOLINT(concurrency-mt-unsafe)
  if (parent == nullptr) return;
  // In this order: a parent that goes in between is noticed.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (std::to_string(getppid()) != parent) std::_Exit(static_cast<int>(ExitStatus::failure));
}

}  // namespace sluice::runs

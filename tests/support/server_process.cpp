#include "support/server_process.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <system_error>

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace sluice::test {
namespace {

namespace fs = std::filesystem;

struct Account {
  uid_t user;
  gid_t group;
};

// Databases refuse to run as root.
Account account_of(const std::string& wanted) {
  if (::geteuid() != 0) return {::geteuid(), ::getegid()};
  for (const std::string& name : {wanted, std::string("nobody")}) {
    if (const passwd* found = ::getpwnam(name.c_str())) return {found->pw_uid, found->pw_gid};
  }
  throw std::runtime_error("no account to run a server as: expected " + wanted + " or nobody");
}

// In the child.
[[noreturn]] void become(const std::vector<std::string>& command, const Account& as,
                         const fs::path& log) {
  // The server must not outlive a test that crashes.
  ::prctl(PR_SET_PDEATHSIG, SIGQUIT);
  const int output = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  ::dup2(output, STDOUT_FILENO);
  ::dup2(output, STDERR_FILENO);
  if (::geteuid() == 0 &&
      (::setgroups(0, nullptr) != 0 || ::setgid(as.group) != 0 || ::setuid(as.user) != 0)) {
    ::_exit(126);
  }
  ::prctl(PR_SET_PDEATHSIG, SIGQUIT);  // cleared by the change of user
  if (::chdir("/") != 0) ::_exit(126);
  std::vector<char*> arguments;
  for (const std::string& argument : command) {
    arguments.push_back(const_cast<char*>(argument.c_str()));
  }
  arguments.push_back(nullptr);
  ::execv(arguments.front(), arguments.data());
  ::_exit(127);
}

}  // namespace

fs::path make_directory(const std::string& name, const std::string& account) {
  std::string pattern = (fs::temp_directory_path() / (name + "-XXXXXX")).string();
  if (::mkdtemp(pattern.data()) == nullptr) {
    throw std::system_error(errno, std::generic_category(), pattern);
  }
  const Account owner = account_of(account);
  if (::geteuid() == 0 && ::chown(pattern.c_str(), owner.user, owner.group) != 0) {
    throw std::system_error(errno, std::generic_category(), pattern);
  }
  // Over the socket too, anyone may come: the directory is the owner's and the port is loopback's.
  fs::permissions(pattern, fs::perms::owner_all | fs::perms::group_exec | fs::perms::others_exec);
  return pattern;
}

pid_t spawn(const std::vector<std::string>& command, const fs::path& log,
            const std::string& account) {
  const Account as = account_of(account);
  const pid_t child = ::fork();
  if (child < 0) throw std::system_error(errno, std::generic_category(), "fork");
  if (child == 0) become(command, as, log);
  return child;
}

int wait_for(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

std::string tail_of(const fs::path& log) {
  std::ifstream file(log);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  return text.substr(text.size() - std::min<std::size_t>(text.size(), 1000));
}

}  // namespace sluice::test

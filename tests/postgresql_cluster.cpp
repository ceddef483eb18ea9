#include "postgresql_cluster.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <libpq-fe.h>
#include <netinet/in.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace sluice::test {
namespace {

namespace fs = std::filesystem;

// Recovery after a kill, on a machine that is busy with other tests.
constexpr std::chrono::minutes start_timeout(3);

// The end of a log that goes with its directory.
std::string tail(const fs::path& log) {
  std::ifstream file(log);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  return text.substr(text.size() - std::min<std::size_t>(text.size(), 1000));
}

struct Account {
  uid_t user;
  gid_t group;
};

// PostgreSQL refuses to run as root.
Account account() {
  if (::geteuid() != 0) return {::geteuid(), ::getegid()};
  for (const char* name : {"postgres", "nobody"}) {
    if (const passwd* found = ::getpwnam(name)) return {found->pw_uid, found->pw_gid};
  }
  throw std::runtime_error("no account to run PostgreSQL as: expected postgres or nobody");
}

fs::path find_binaries() {
  const auto has_server = [](const fs::path& folder) {
    return fs::exists(folder / "initdb") && fs::exists(folder / "postgres");
  };
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen("pg_config --bindir 2>/dev/null", "r"),
                                                   ::pclose);
  std::array<char, 4096> line{};
  if (pipe && std::fgets(line.data(), static_cast<int>(line.size()), pipe.get()) != nullptr) {
    std::string folder(line.data());
    folder.erase(folder.find_last_not_of('\n') + 1);
    if (has_server(folder)) return folder;
  }
  const fs::path debian = "/usr/lib/postgresql";
  if (fs::exists(debian)) {
    for (const auto& version : fs::directory_iterator(debian)) {
      if (has_server(version.path() / "bin")) return version.path() / "bin";
    }
  }
  throw std::runtime_error("no PostgreSQL server found: install the package postgresql");
}

int free_port() {
  const int handle = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  const bool found = handle >= 0 && ::bind(handle, generic, length) == 0 &&
                     ::getsockname(handle, generic, &length) == 0;
  ::close(handle);
  if (!found) throw std::system_error(errno, std::generic_category(), "no free port");
  return ntohs(address.sin_port);
}

// In the child: becomes the program, as the account, its output in `log`.
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

pid_t spawn(const std::vector<std::string>& command, const fs::path& log) {
  const Account as = account();
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

}  // namespace

PostgresqlCluster::PostgresqlCluster() : binaries_(find_binaries()) {
  std::string pattern = (fs::temp_directory_path() / "sluice-postgresql-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) {
    throw std::system_error(errno, std::generic_category(), pattern);
  }
  directory_ = pattern;
  const Account owner = account();
  if (::geteuid() == 0 && ::chown(directory_.c_str(), owner.user, owner.group) != 0) {
    throw std::system_error(errno, std::generic_category(), pattern);
  }
  // Over the socket too, anyone may come: the directory is the owner's and the port is loopback's.
  fs::permissions(directory_,
                  fs::perms::owner_all | fs::perms::group_exec | fs::perms::others_exec);
  const pid_t initdb =
      spawn({(binaries_ / "initdb").string(), "-D", (directory_ / "data").string(), "-U", "sluice",
             "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"},
            directory_ / "initdb.log");
  if (wait_for(initdb) != 0) {
    throw std::runtime_error("initdb failed: " + tail(directory_ / "initdb.log"));
  }
  port_ = free_port();
  start();
}

PostgresqlCluster::~PostgresqlCluster() {
  stop(Stop::immediate);
  std::error_code ignored;  // a directory left in /tmp hurts nobody
  fs::remove_all(directory_, ignored);
}

std::string PostgresqlCluster::tcp(const std::string& database) const {
  return fmt::format("host=127.0.0.1 port={} user=sluice dbname={}", port_, database);
}

std::string PostgresqlCluster::socket(const std::string& database) const {
  return fmt::format("host={} port={} user=sluice dbname={}", directory_.string(), port_, database);
}

std::string PostgresqlCluster::create_database() {
  const std::string name = fmt::format("test{}", ++databases_);
  const std::unique_ptr<PGconn, void (*)(PGconn*)> connection(PQconnectdb(socket().c_str()),
                                                              PQfinish);
  const std::unique_ptr<PGresult, void (*)(PGresult*)> result(
      PQexec(connection.get(), ("CREATE DATABASE " + name).c_str()), PQclear);
  if (PQresultStatus(result.get()) != PGRES_COMMAND_OK) {
    throw std::runtime_error(PQerrorMessage(connection.get()));
  }
  return name;
}

void PostgresqlCluster::stop(Stop how) {
  if (postmaster_ == 0) return;
  ::kill(postmaster_, how == Stop::fast ? SIGINT : how == Stop::immediate ? SIGQUIT : SIGKILL);
  wait_for(postmaster_);
  postmaster_ = 0;
}

void PostgresqlCluster::start() {
  // Recovery would fsync every file of every test's database one by one; syncfs does it at once.
  // After SIGKILL the old server's children may hold the shared memory for a moment longer: then
  // the new one refuses, and is asked again.
  const auto deadline = std::chrono::steady_clock::now() + start_timeout;
  while (std::chrono::steady_clock::now() < deadline) {
    if (postmaster_ == 0) {
      postmaster_ = spawn({(binaries_ / "postgres").string(), "-D", (directory_ / "data").string(),
                           "-k", directory_.string(), "-h", "127.0.0.1", "-p",
                           std::to_string(port_), "-c", "recovery_init_sync_method=syncfs"},
                          directory_ / "server.log");
    }
    if (PQping(socket().c_str()) == PQPING_OK) return;
    if (::waitpid(postmaster_, nullptr, WNOHANG) == postmaster_) postmaster_ = 0;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  throw std::runtime_error("PostgreSQL did not start: " + tail(directory_ / "server.log"));
}

}  // namespace sluice::test

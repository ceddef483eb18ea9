#include "support/mariadb_server.h"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <system_error>
#include <thread>

#include <fmt/format.h>
#include <sys/wait.h>

#include "support/server_process.h"

namespace sluice::test {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::minutes mariadb_start_timeout(3);
constexpr const char* mariadb_account = "mysql";

std::string program(const std::string& name) {
  for (const char* folder : {"/usr/sbin", "/usr/bin"}) {
    if (fs::exists(fs::path(folder) / name)) return fs::path(folder) / name;
  }
  throw std::runtime_error(name + " not found: install the package mariadb-server");
}

}  // namespace

MariadbServer::MariadbServer() : directory_(make_directory("sluice-mariadb", mariadb_account)) {
  const pid_t install = spawn(
      {program("mariadb-install-db"), "--no-defaults",
       "--datadir=" + (directory_ / "data").string(), "--tmpdir=" + (directory_ / "data").string(),
       "--skip-test-db", "--auth-root-authentication-method=normal"},
      directory_ / "install.log", mariadb_account);
  if (wait_for(install) != 0) {
    throw std::runtime_error("mariadb-install-db failed: " + tail_of(directory_ / "install.log"));
  }
  start();
  execute(
      "CREATE USER sluice@localhost IDENTIFIED BY 'geheim';"
      "CREATE USER sluice@'127.0.0.1' IDENTIFIED BY 'geheim';"
      "GRANT ALL ON *.* TO sluice@localhost; GRANT ALL ON *.* TO sluice@'127.0.0.1';");
}

MariadbServer::~MariadbServer() {
  stop_with(SIGKILL);
  std::error_code ignored;  // a directory left in /tmp hurts nobody
  fs::remove_all(directory_, ignored);
}

void MariadbServer::execute(const std::string& sql, const std::string& database) const {
  const fs::path script = directory_ / "statements.sql";
  const fs::path said = directory_ / "said";
  std::ofstream(script) << sql;
  const std::string command = fmt::format(
      "{} --no-defaults --default-character-set=utf8mb4 --socket={} --user=root {} <{} >{} 2>&1",
      program("mariadb"), socket().string(), database, script.string(), said.string());
  // A shell command of our own making, in a test.
  if (std::system(command.c_str()) != 0) throw std::runtime_error(tail_of(said));
}

std::string MariadbServer::create_database(const std::string& character_set) {
  const std::string name = fmt::format("test{}", ++databases_);
  execute(fmt::format("CREATE DATABASE {} CHARACTER SET {}", name, character_set));
  return name;
}

void MariadbServer::stop_with(int signal) {
  if (server_ == 0) return;
  ::kill(server_, signal);
  wait_for(server_);
  server_ = 0;
}

void MariadbServer::stop() {
  stop_with(SIGTERM);
}

void MariadbServer::kill() {
  stop_with(SIGKILL);
}

void MariadbServer::start() {
  // A server that starts removes all temporary tables from their folder, whosever they are: in /tmp
  // it would take those of the server that another test runs.
  server_ =
      spawn({program("mariadbd"), "--no-defaults", "--datadir=" + (directory_ / "data").string(),
             "--tmpdir=" + (directory_ / "data").string(), "--socket=" + socket().string(),
             fmt::format("--port={}", port()), "--bind-address=127.0.0.1",
             "--pid-file=" + (directory_ / "pid").string(), "--skip-log-bin",
             "--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=32M"},
            directory_ / "server.log", mariadb_account);
  const auto deadline = std::chrono::steady_clock::now() + mariadb_start_timeout;
  while (std::chrono::steady_clock::now() < deadline) {
    try {
      execute("SELECT 1");
      return;
    } catch (const std::runtime_error&) {
      if (::waitpid(server_, nullptr, WNOHANG) == server_) break;
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
  }
  server_ = 0;
  throw std::runtime_error("MariaDB did not start: " + tail_of(directory_ / "server.log"));
}

}  // namespace sluice::test

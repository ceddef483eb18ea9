#include "support/postgresql_cluster.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <utility>

#include <fmt/format.h>
#include <libpq-fe.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/server_process.h"

namespace sluice::test {
namespace {

namespace fs = std::filesystem;

// Recovery after a kill, on a machine that is busy with other tests.
constexpr std::chrono::minutes postgresql_start_timeout(3);
constexpr const char* postgresql_account = "postgres";

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

}  // namespace

PostgresqlCluster::PostgresqlCluster() : binaries_(find_binaries()) {
  directory_ = make_directory("sluice-postgresql", postgresql_account);
  const pid_t initdb =
      spawn({(binaries_ / "initdb").string(), "-D", (directory_ / "data").string(), "-U", "sluice",
             "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"},
            directory_ / "initdb.log", postgresql_account);
  if (wait_for(initdb) != 0) {
    throw std::runtime_error("initdb failed: " + tail_of(directory_ / "initdb.log"));
  }
  start();
}

PostgresqlCluster::~PostgresqlCluster() {
  stop(Stop::immediate);
  std::error_code ignored;  // a directory left in /tmp hurts nobody
  fs::remove_all(directory_, ignored);
}

std::string PostgresqlCluster::tcp(const std::string& database) const {
  return fmt::format("host=127.0.0.1 port={} user=sluice dbname={}", port(), database);
}

std::string PostgresqlCluster::socket(const std::string& database) const {
  return fmt::format("host={} port={} user=sluice dbname={}", directory_.string(), port(),
                     database);
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

void PostgresqlCluster::speak_tls(const fs::path& certificate, const fs::path& key) {
  struct stat owner {};
  if (::stat((directory_ / "data").c_str(), &owner) != 0) throw std::runtime_error("no data");
  for (const auto& [from, name] : {std::pair(certificate, "server.crt"), {key, "server.key"}}) {
    const fs::path file = directory_ / "data" / name;
    fs::copy_file(from, file, fs::copy_options::overwrite_existing);
    fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
    if (::chown(file.c_str(), owner.st_uid, owner.st_gid) != 0) {
      throw std::system_error(errno, std::generic_category(), file.string());
    }
  }
  std::ofstream(directory_ / "data" / "postgresql.conf", std::ios::app) << "ssl = on\n";
  restart(Stop::fast);
}

void PostgresqlCluster::stop(Stop how) {
  if (postmaster_ == 0) return;
  ::kill(postmaster_, how == Stop::fast ? SIGINT : how == Stop::immediate ? SIGQUIT : SIGKILL);
  wait_for(postmaster_);
  postmaster_ = 0;
}

void PostgresqlCluster::start() {
  // Here servers die and machines do not: what the kernel was given it keeps, without an fsync.
  // After SIGKILL the old server's children may hold the shared memory for a moment longer: then
  // the new one refuses, and is asked again.
  const auto deadline = std::chrono::steady_clock::now() + postgresql_start_timeout;
  while (std::chrono::steady_clock::now() < deadline) {
    if (postmaster_ == 0) {
      postmaster_ = spawn(
          {(binaries_ / "postgres").string(), "-D", (directory_ / "data").string(), "-k",
           directory_.string(), "-h", "127.0.0.1", "-p", std::to_string(port()), "-c", "fsync=off"},
          directory_ / "server.log", postgresql_account);
    }
    if (PQping(socket().c_str()) == PQPING_OK) return;
    if (::waitpid(postmaster_, nullptr, WNOHANG) == postmaster_) postmaster_ = 0;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  throw std::runtime_error("PostgreSQL did not start: " + tail_of(directory_ / "server.log"));
}

}  // namespace sluice::test

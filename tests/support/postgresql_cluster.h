// A PostgreSQL server of a test's own: in a temporary directory, on a port of loopback and a
// unix socket, never as root, gone with its owner. It can be killed and started again like a real
// one.
#pragma once

#include <filesystem>
#include <string>

#include <sys/types.h>

#include "support/held_port.h"

namespace sluice::test {

// One thread. Throws std::runtime_error where PostgreSQL is missing or does not start.
class PostgresqlCluster {
 public:
  PostgresqlCluster();
  ~PostgresqlCluster();
  PostgresqlCluster(const PostgresqlCluster&) = delete;
  PostgresqlCluster& operator=(const PostgresqlCluster&) = delete;

  // conninfo for the superuser `sluice` over TCP, or over the unix socket.
  [[nodiscard]] std::string tcp(const std::string& database = "postgres") const;
  [[nodiscard]] std::string socket(const std::string& database = "postgres") const;
  [[nodiscard]] int port() const { return port_.number(); }
  [[nodiscard]] const std::filesystem::path& directory() const { return directory_; }

  // A new empty database; its name.
  [[nodiscard]] std::string create_database();

  // Restarts it, so that it takes TLS too; copies the files.
  void speak_tls(const std::filesystem::path& certificate, const std::filesystem::path& key);

  enum class Stop { fast, immediate, kill };  // SIGINT, SIGQUIT, SIGKILL to the postmaster
  void stop(Stop how);
  void start();
  void restart(Stop how) {
    stop(how);
    start();
  }

 private:
  std::filesystem::path directory_;
  std::filesystem::path binaries_;
  HeldPort port_;
  pid_t postmaster_ = 0;
  int databases_ = 0;
};

}  // namespace sluice::test

// A MariaDB server of a test's own: in a temporary directory, on a port of loopback and a unix
// socket, never as root, gone with its owner.
#pragma once

#include <filesystem>
#include <string>

#include <sys/types.h>

#include "support/held_port.h"

namespace sluice::test {

// One thread. Throws std::runtime_error where MariaDB is missing or does not start.
class MariadbServer {
 public:
  MariadbServer();
  ~MariadbServer();
  MariadbServer(const MariadbServer&) = delete;
  MariadbServer& operator=(const MariadbServer&) = delete;

  // The user `root` without a password comes by the socket; `sluice` with the password `geheim` by
  // both.
  [[nodiscard]] std::filesystem::path socket() const { return directory_ / "socket"; }
  [[nodiscard]] int port() const { return port_.number(); }

  // A new empty database in this character set; its name.
  [[nodiscard]] std::string create_database(const std::string& character_set = "utf8mb4");
  // Statements, by MariaDB's own command. Throws with what it said.
  void execute(const std::string& sql, const std::string& database = {}) const;

  void stop();  // SIGTERM
  void kill();  // SIGKILL
  void start();

 private:
  void stop_with(int signal);

  std::filesystem::path directory_;
  HeldPort port_;
  pid_t server_ = 0;
  int databases_ = 0;
};

}  // namespace sluice::test

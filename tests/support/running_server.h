// A server on loopback with its own threads, certificates and surroundings, and raw clients for it.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "observe/metrics.h"
#include "server/http_server.h"
#include "support/development_ca.h"
#include "trust/tls_context.h"

namespace sluice::test {

// A directory that goes with the object.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

struct ServerOptions {
  server::Listen limits = short_limits();
  std::vector<server::Route> routes;
  server::Audience audience = server::machines();
  bool check_revocations = false;
  bool asks_visitors = false;  // for a certificate, where the audience need not have one
  std::function<server::Deadline::Clock::time_point()> clock = server::Deadline::Clock::now;
  std::shared_ptr<const void> owner = nullptr;  // of the routes
  static server::Listen short_limits();
};

// Serves the bureaus "park" and "quality" and the nodes "front-1" and "front-2" by TLS on a free
// port of 127.0.0.1.
class RunningServer {
 public:
  explicit RunningServer(ServerOptions options = {});
  ~RunningServer();

  [[nodiscard]] DevelopmentCa& authority();
  [[nodiscard]] observe::Metrics& metrics();
  [[nodiscard]] std::string audited() const;  // all lines of the audit log
  [[nodiscard]] std::uint16_t port() const;
  void reload();
  // Other routes from now on, for this directory, which must outlive the server.
  void serve(std::vector<server::Route> routes, const trust::Directory& directory,
             std::shared_ptr<const void> owner = nullptr);
  void serve(std::vector<server::Route> routes, const trust::Directory& directory,
             const server::Listen& limits, std::shared_ptr<const void> owner = nullptr);
  void stop(std::chrono::milliseconds grace);  // returns when it has stopped

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// The same on a local socket.
class RunningLocalServer {
 public:
  RunningLocalServer(std::filesystem::path socket, ServerOptions options);
  ~RunningLocalServer();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// A blocking client that sends exactly the bytes it is told to.
class RawClient {
 public:
  // Over TLS with this certificate, or none where its file has no name. `authorities` is what the
  // server is checked against.
  RawClient(std::uint16_t port, const IssuedFiles& identity,
            const std::filesystem::path& authorities);
  // To a local socket, plain.
  explicit RawClient(const std::filesystem::path& socket);
  ~RawClient();

  // False: the server refused the handshake, or ended the connection.
  bool send(std::string_view bytes);
  // One response with its body; empty where the server closed first.
  std::string receive();
  // Whether the server has ended the connection; waits for it or for more bytes.
  bool is_closed();
  // No more will be sent.
  void end_sending();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

[[nodiscard]] std::string status_line(const std::string& response);

}  // namespace sluice::test

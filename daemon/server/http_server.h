// An HTTP/1.1 server for one listening socket: TLS with client certificates for the API, TLS that
// needs none for people's browsers, or a local socket for the operator's command. Requests pass the
// guard, the limits, the peer's identity and the router, in this order, before a handler sees them.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <memory>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include "observe/log.h"
#include "observe/metrics.h"
#include "record/failure.h"
#include "server/deadline.h"
#include "server/offered.h"
#include "trust/denials.h"
#include "trust/tls_context.h"

namespace sluice::server {

// What the server tells and asks; all must outlive it.
struct Surroundings {
  trust::Denials& denials;
  observe::Log& log;
  observe::Metrics& metrics;
  // What limits of time are measured by. Any thread.
  std::function<Deadline::Clock::time_point()> clock = Deadline::Clock::now;
};

enum class ListenProblem { address_in_use, address_unusable };
using ListenFailure = record::Failure<ListenProblem>;

// Any number of threads may run the context; each connection has its own strand, on which its
// handlers run. Serves from when it is made until stop() has completed, which must be awaited
// before the server, or anything that handlers refer to, is destroyed while the context still runs.
class HttpServer {
 public:
  // Where the offer's limits say; it is what is served at first. `tls` must ask for what the
  // audience is to prove.
  [[nodiscard]] static std::expected<HttpServer, ListenFailure> listen(
      boost::asio::io_context& context, trust::TlsContext tls, Offer first,
      const Surroundings& surroundings);

  // Mode 0660. A socket file that nobody listens on is removed first. The peer is whom the kernel
  // says it is; of the offer's limits the address and port are not used.
  [[nodiscard]] static std::expected<HttpServer, ListenFailure> listen_locally(
      boost::asio::io_context& context, const std::filesystem::path& socket, Offer first,
      const Surroundings& surroundings);

  HttpServer(HttpServer&&) noexcept;
  HttpServer& operator=(HttpServer&&) noexcept;
  ~HttpServer();

  [[nodiscard]] std::uint16_t port() const;  // 0 on a local socket

  // New certificates, authorities and revocations, for every connection: idle ones are closed, busy
  // ones after their answer, so that who was revoked gets no further request in. Any thread.
  void reload(trust::TlsContext tls);

  // Serves this from now on: to every request whose head has not come yet, on whatever connection.
  // Nobody is cut off by it; whom the new directory knows as somebody else, or not at all, is that
  // from the next request on. Any thread.
  void serve(Offer offer);

  // Accepts no more, lets running requests finish for up to `grace`, and cuts what is left.
  [[nodiscard]] boost::asio::awaitable<void> stop(std::chrono::milliseconds grace);

 private:
  struct State;
  explicit HttpServer(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace sluice::server

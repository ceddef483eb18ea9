// Single calls from an edge to its center, for what is no batch: one after the other, each waited
// for.
#pragma once

#include <chrono>
#include <memory>
#include <stop_token>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include "link/bandwidth.h"
#include "link/https/https_connection.h"
#include "link/https/uplink_identity.h"
#include "link/link.h"
#include "link/uplink.h"

namespace sluice::link {

// One owner, one thread. Connects when it is first asked, to the first of the uplink's addresses
// that answers, and once more where a connection has gone since: so what is asked must be right to
// be asked twice.
class HttpsCaller {
 public:
  // All must outlive it.
  HttpsCaller(const Uplink& uplink, const UplinkIdentity& identity, Bandwidth& bandwidth)
      : uplink_(uplink), identity_(identity), bandwidth_(bandwidth) {}

  struct Reply {
    HttpAnswer answer;  // whatever its status
    std::string place;  // whose it is: "https://center-1:8443"
  };
  // Blocks. Gives up when for `silence` nothing moves in either direction, and soon after a stop is
  // requested; it is of no use afterwards.
  [[nodiscard]] Result<Reply> call(const HttpRequest& request, std::chrono::milliseconds silence,
                                   const std::stop_token& stop = {});
  // For who will not ask again soon.
  void disconnect() { connection_.reset(); }

 private:
  [[nodiscard]] boost::asio::awaitable<Result<Reply>> exchange(const HttpRequest& request,
                                                               std::chrono::milliseconds silence);
  [[nodiscard]] boost::asio::awaitable<Result<void>> connect();

  const Uplink& uplink_;
  const UplinkIdentity& identity_;
  Bandwidth& bandwidth_;
  boost::asio::io_context context_{1};
  std::shared_ptr<HttpsConnection> connection_;
  bool is_stopping_ = false;
};

}  // namespace sluice::link

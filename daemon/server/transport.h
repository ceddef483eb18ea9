// The two kinds of stream that connections run on, and what differs between them: how a peer is
// known, and how a stream is ended.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/ssl/stream.hpp>

#include "server/request.h"
#include "server/service.h"

namespace sluice::server {

using TlsStream = boost::asio::ssl::stream<boost::asio::ip::tcp::socket>;
using LocalStream = boost::asio::local::stream_protocol::socket;

struct Introduction {
  Peer peer;
  // After this moment the peer's certificate is worth nothing; nothing: it has none.
  std::optional<std::chrono::sys_seconds> expires;
  bool welcome = true;  // false: known to nobody, every request is answered with 403
  // Where the listener asks for a proof: by which it was known, and among what of the listener's
  // offers (Offered::number).
  std::optional<trust::PeerCertificate> proof{};
  std::uint64_t known_by = 0;
};

// Who that is by the offer's directory.
void recognise(Introduction& introduction, const Offered& offered);

// Nothing: the peer could not be made out, and the connection ends.
boost::asio::awaitable<std::optional<Introduction>> introduce(TlsStream& stream, Service& service);
boost::asio::awaitable<std::optional<Introduction>> introduce(LocalStream& stream,
                                                              Service& service);

// The socket below, for what is read and thrown away.
[[nodiscard]] inline auto& bare_socket(TlsStream& stream) {
  return stream.next_layer();
}
[[nodiscard]] inline auto& bare_socket(LocalStream& stream) {
  return stream;
}

// Says goodbye without waiting for the peer's.
boost::asio::awaitable<void> say_goodbye(TlsStream& stream);
boost::asio::awaitable<void> say_goodbye(LocalStream& stream);

}  // namespace sluice::server

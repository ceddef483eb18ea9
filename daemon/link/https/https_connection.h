// One HTTP/1.1 connection over mutual TLS to a center, for requests that are sent one behind the
// other without waiting for their answers.
#pragma once

#include <chrono>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>

#include "link/bandwidth.h"
#include "link/https/uplink_identity.h"
#include "link/link.h"
#include "link/uplink.h"

namespace sluice::link {

struct HttpAnswer {
  unsigned status = 0;
  std::string content_type;
  std::string body;
  std::string store = {};     // of which the answer is; empty: it was not told
  std::string protocol = {};  // as the center says that it speaks (protocol.h)
  bool last = false;          // the center closes the connection after it
};

struct HttpRequest {
  std::string_view method;  // "GET", "PUT"
  std::string target;
  std::string_view content_type;  // empty: no body
  std::string_view body;
};

// Used by one thread, that which runs the context; one send() and one receive() may be under way at
// once. Held by shared_ptr, since timers refer to it.
class HttpsConnection : public std::enable_shared_from_this<HttpsConnection> {
 public:
  // `bandwidth` must outlive the connection.
  HttpsConnection(boost::asio::io_context& context, Uplink::Address address,
                  const UplinkIdentity::Current& identity, Bandwidth& bandwidth);

  // TCP and TLS, all within `timeout`. Refused: the certificate of either side did not pass.
  [[nodiscard]] boost::asio::awaitable<Result<void>> open(std::chrono::milliseconds timeout);

  // In pieces, as the bandwidth allows.
  [[nodiscard]] boost::asio::awaitable<Result<void>> send(const HttpRequest& request);

  // The next answer. Unavailable: the connection ended, or for `silence` nothing moved either way.
  [[nodiscard]] boost::asio::awaitable<Result<HttpAnswer>> receive(
      std::chrono::milliseconds silence);

  // Ends it for good; what is under way fails.
  void cut();
  // Ends it if nothing moves for that long.
  void limit_silence(std::chrono::milliseconds silence);

  [[nodiscard]] std::uint64_t generation() const { return generation_; }
  [[nodiscard]] std::string place() const;  // "https://center-1:8443"

 private:
  [[nodiscard]] boost::asio::awaitable<Result<void>> connect();
  [[nodiscard]] boost::asio::awaitable<Result<void>> shake_hands();
  [[nodiscard]] boost::asio::awaitable<Result<void>> write(std::string_view bytes);
  [[nodiscard]] std::unexpected<LinkFailure> failed(LinkProblem problem,
                                                    std::string sentence) const;
  // What an operation on the established stream ended with.
  [[nodiscard]] std::unexpected<LinkFailure> ended(const boost::system::error_code& error) const;
  void moved();
  void watch();

  Uplink::Address address_;
  std::uint64_t generation_;
  Bandwidth& bandwidth_;
  std::shared_ptr<boost::asio::ssl::context> tls_;
  boost::asio::ip::tcp::resolver resolver_;
  boost::asio::ssl::stream<boost::asio::ip::tcp::socket> stream_;
  boost::asio::steady_timer pause_;  // of the writer, for the bandwidth's sake
  boost::asio::steady_timer watchdog_;
  std::optional<std::chrono::milliseconds> silence_;
  bool paused_ = false;
  // A look-up or a pause that has ended, but whose coroutine has not gone on yet, can not be
  // cancelled any more: who goes on after one looks here.
  bool is_cut_ = false;
  bool timed_out_ = false;
  boost::beast::flat_buffer input_;
};

}  // namespace sluice::link

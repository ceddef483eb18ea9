#include "link/https/https_connection.h"

#include <algorithm>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http.hpp>
#include <fmt/format.h>

#include "boost/awaited.h"
#include "fault/kill_point.h"
#include "link/https/protocol.h"
#include "link/https/receipt_answer.h"
#include "trust/tls_context.h"

namespace sluice::link {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::awaitable;
using asio::ip::tcp;

// So small that a rate limit is even, and that a stop is heeded soon.
constexpr std::size_t piece_bytes = std::size_t{64} << 10;
// A receipt names at most 1000 rows, each with a sentence.
constexpr std::uint64_t max_answer_bytes = std::uint64_t{64} << 20;

std::string head_of(const HttpRequest& request, const std::string& host) {
  std::string head = fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\n{}: {}\r\n", request.method,
                                 request.target, host, protocol_header, protocol_version);
  if (!request.content_type.empty()) {
    head += fmt::format("Content-Type: {}\r\nContent-Length: {}\r\n", request.content_type,
                        request.body.size());
  }
  return head + "\r\n";
}

std::string host_and_port(const Uplink::Address& address) {
  const bool is_v6 = address.host.find(':') != std::string::npos;
  return fmt::format(fmt::runtime(is_v6 ? "[{}]:{}" : "{}:{}"), address.host, address.port);
}

}  // namespace

HttpsConnection::HttpsConnection(asio::io_context& context, Uplink::Address address,
                                 const UplinkIdentity::Current& identity, Bandwidth& bandwidth)
    : address_(std::move(address)),
      generation_(identity.generation),
      bandwidth_(bandwidth),
      tls_(identity.tls),
      resolver_(context),
      stream_(context, *tls_),
      pause_(context),
      watchdog_(context) {}

std::string HttpsConnection::place() const {
  return "https://" + host_and_port(address_);
}

std::unexpected<LinkFailure> HttpsConnection::failed(LinkProblem problem,
                                                     std::string sentence) const {
  return std::unexpected(LinkFailure{problem, place(), std::move(sentence)});
}

std::unexpected<LinkFailure> HttpsConnection::ended(const boost::system::error_code& error) const {
  if (timed_out_) {
    return failed(LinkProblem::unavailable,
                  "nothing came or went for too long (`uplink.answer_timeout`)");
  }
  // With TLS 1.3 the center looks at our certificate after the handshake has ended for us, and its
  // refusal is an alert.
  if (error.category() == asio::error::ssl_category) {
    return failed(LinkProblem::refused,
                  fmt::format("the center ended the connection: {}; the center's log says what was "
                              "wrong with this node's certificate",
                              error.message()));
  }
  return failed(LinkProblem::unavailable, "the connection ended: " + error.message());
}

void HttpsConnection::cut() {
  boost::system::error_code gone;
  is_cut_ = true;
  resolver_.cancel();
  stream_.lowest_layer().close(gone);
  silence_.reset();
  watchdog_.cancel();
  pause_.cancel();
}

void HttpsConnection::limit_silence(std::chrono::milliseconds silence) {
  if (is_cut_) return;
  silence_ = silence;
  watchdog_.expires_after(silence);
  watch();
}

void HttpsConnection::moved() {
  if (silence_) limit_silence(*silence_);
}

void HttpsConnection::watch() {
  watchdog_.async_wait([weak = weak_from_this()](const boost::system::error_code& cancelled) {
    const auto self = weak.lock();
    if (cancelled || !self || !self->silence_) return;
    if (self->watchdog_.expiry() > asio::steady_timer::clock_type::now()) return;  // set anew since
    // The rate limit's silence is not the center's.
    if (self->paused_) return self->moved();
    self->timed_out_ = true;
    self->cut();
  });
}

awaitable<Result<void>> HttpsConnection::open(std::chrono::milliseconds timeout) {
  limit_silence(timeout);
  auto done = co_await connect();
  if (done) done = co_await shake_hands();
  silence_.reset();
  watchdog_.cancel();
  if (!done && timed_out_) {
    co_return failed(LinkProblem::unavailable,
                     "no connection came about in time (`uplink.connect_timeout`)");
  }
  co_return done;
}

awaitable<Result<void>> HttpsConnection::connect() {
  const auto [unknown, endpoints] =
      co_await resolver_.async_resolve(address_.host, std::to_string(address_.port), awaited);
  if (unknown) {
    co_return failed(LinkProblem::unavailable,
                     fmt::format("{} has no address: {}", address_.host, unknown.message()));
  }
  if (is_cut_) co_return ended(asio::error::operation_aborted);
  const auto [refused, endpoint] =
      co_await asio::async_connect(stream_.next_layer(), endpoints, awaited);
  if (refused) {
    co_return failed(LinkProblem::unavailable, "nobody answers there: " + refused.message());
  }
  boost::system::error_code ignored;  // it is only a little slower without
  stream_.next_layer().set_option(tcp::no_delay(true), ignored);
  co_return Result<void>{};
}

awaitable<Result<void>> HttpsConnection::shake_hands() {
  if (!trust::expect_server(stream_.native_handle(), address_.host)) {
    co_return failed(LinkProblem::refused, "this is neither a DNS name nor an IP address");
  }
  const auto [error] = co_await stream_.async_handshake(asio::ssl::stream_base::client, awaited);
  if (!error) co_return Result<void>{};
  const bool is_tls = error.category() == asio::error::ssl_category;
  const auto refusal = trust::refusal(stream_.native_handle(),
                                      is_tls ? static_cast<unsigned long>(error.value()) : 0);
  if (refusal.reason == "handshake") {
    co_return failed(LinkProblem::unavailable, "the TLS handshake failed: " + error.message());
  }
  co_return failed(
      LinkProblem::refused,
      fmt::format("the certificate of {} there did not pass: {}; is this the center, "
                  "and are `identity.authorities` and `identity.revocations` up to "
                  "date?",
                  refusal.subject.empty() ? "the server" : refusal.subject, refusal.reason));
}

awaitable<Result<void>> HttpsConnection::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::string_view piece = bytes.substr(0, bandwidth_.piece(piece_bytes));
    const auto wait = bandwidth_.take(piece.size(), Bandwidth::Clock::now());
    if (wait > wait.zero()) {
      pause_.expires_after(wait);
      paused_ = true;
      const auto [cancelled] = co_await pause_.async_wait(awaited);
      paused_ = false;
      if (cancelled || is_cut_) co_return ended(asio::error::operation_aborted);
      moved();
    }
    const auto [error, size] =
        co_await asio::async_write(stream_, asio::buffer(piece.data(), piece.size()), awaited);
    if (error) co_return ended(error);
    moved();
    bytes.remove_prefix(piece.size());
  }
  co_return Result<void>{};
}

awaitable<Result<void>> HttpsConnection::send(const HttpRequest& request) {
  const std::string head = head_of(request, host_and_port(address_));
  auto written = co_await write(head);
  const std::size_t half = request.body.size() / 2;
  if (written) written = co_await write(request.body.substr(0, half));
  SLUICE_KILL_POINT("link.mid-request");
  if (written) written = co_await write(request.body.substr(half));
  co_return written;
}

awaitable<Result<HttpAnswer>> HttpsConnection::receive(std::chrono::milliseconds silence) {
  limit_silence(silence);
  http::response_parser<http::string_body> parser;
  parser.body_limit(max_answer_bytes);
  const auto [error, size] = co_await http::async_read(stream_, input_, parser, awaited);
  silence_.reset();
  watchdog_.cancel();
  if (error == http::error::end_of_stream) {
    co_return failed(LinkProblem::unavailable, "the center closed the connection");
  }
  if (error) co_return ended(error);
  http::response<http::string_body> response = parser.release();
  const auto type = response[http::field::content_type];
  const auto field = [&](std::string_view name) {
    const auto value = response[boost::beast::string_view(name.data(), name.size())];
    return std::string(value.data(), value.size());
  };
  co_return HttpAnswer{.status = response.result_int(),
                       .content_type = std::string(type.data(), type.size()),
                       .body = std::move(response.body()),
                       .store = field(store_header),
                       .protocol = field(protocol_header),
                       .last = !response.keep_alive()};
}

}  // namespace sluice::link

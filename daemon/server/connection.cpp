#include "server/connection.h"

#include <algorithm>
#include <exception>

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

#include "boost/awaited.h"
#include "server/ascii.h"

namespace sluice::server {
namespace {

namespace asio = boost::asio;
using asio::awaitable;
using Clock = Deadline::Clock;

// How long, and how much, of what a refused peer still sends is taken off the wire, so that the
// kernel does not reset the connection and with it the answer.
constexpr std::chrono::milliseconds drain_timeout{2000};
constexpr std::size_t drain_bytes = std::size_t{8} << 20;
// Connections beyond the limit that are let in to be told so; those beyond these are just closed.
constexpr std::uint64_t turned_away_at_once = 32;
// A large body's memory grows in steps, with what has arrived.
constexpr std::uint64_t first_step = std::uint64_t{64} << 10;

}  // namespace

template <class Stream>
Connection<Stream>::Connection(Stream stream, std::shared_ptr<Service> service)
    : stream_(std::move(stream)),
      service_(std::move(service)),
      generation_(service_->generation.load()),
      large_body_(service_->offered()->body_memory) {
  service_->open.Increment();
}

template <class Stream>
Connection<Stream>::~Connection() {
  service_->open.Decrement();
  service_->handshakes.end(this);
  if (is_introduced_) --service_->introduced;
  if (share_) --share_->connections;
}

template <class Stream>
void Connection<Stream>::take_share() {
  if (share_) --share_->connections;
  share_ = service_->shares.of(introduction_.peer.caller);
  if (++share_->connections > offered()->offer.limits.max_connections_per_bureau)
    over_limit_ = true;
  large_body_.charge_to(share_);
}

template <class Stream>
void Connection<Stream>::recognise_anew() {
  const trust::Caller before = introduction_.peer.caller;
  recognise(introduction_, *offered_);
  if (introduction_.peer.caller != before) take_share();
}

template <class Stream>
void Connection<Stream>::check_deadline(Clock::time_point now) {
  if (!deadline_.has_passed(now)) return;
  asio::post(stream_.get_executor(), [self = this->shared_from_this()] {
    if (!self->deadline_.has_passed(self->service_->around.clock())) return;
    self->expired_ = true;
    boost::system::error_code gone;
    self->stream_.lowest_layer().cancel(gone);
  });
}

template <class Stream>
void Connection<Stream>::close_if_idle() {
  asio::post(stream_.get_executor(), [self = this->shared_from_this()] {
    boost::system::error_code gone;
    if (self->idle_) self->stream_.lowest_layer().cancel(gone);
  });
}

template <class Stream>
void Connection<Stream>::cut() {
  asio::post(stream_.get_executor(), [self = this->shared_from_this()] {
    boost::system::error_code gone;
    self->stream_.lowest_layer().close(gone);
  });
}

template <class Stream>
void Connection<Stream>::give_way() {
  asio::post(stream_.get_executor(), [self = this->shared_from_this()] {
    boost::system::error_code gone;
    if (!self->is_introduced_) self->stream_.lowest_layer().close(gone);
  });
}

template <class Stream>
bool Connection<Stream>::let_in(Introduction introduction) {
  introduction_ = std::move(introduction);
  is_introduced_ = true;
  const std::uint64_t open = ++service_->introduced;
  // A certificate that is worth nothing leaves a stranger.
  service_->handshakes.end(this, introduction_.welcome && introduction_.expires.has_value());
  take_share();
  const std::uint64_t most = offered()->offer.limits.max_connections;
  if (open > most) over_limit_ = true;
  return open <= most + turned_away_at_once;
}

template <class Stream>
awaitable<void> Connection<Stream>::run() {
  deadline_.set(service_->around.clock(), offered()->offer.limits.header_timeout);
  auto introduced = co_await introduce(stream_, *service_);
  if (!introduced || !let_in(std::move(*introduced))) co_return;
  while (co_await serve_one() == Next::another_request) {
  }
  co_await finish();
}

template <class Stream>
bool Connection<Stream>::may_go_on() const {
  return !service_->stopping && !has_lapsed();
}

template <class Stream>
bool Connection<Stream>::has_lapsed() const {
  return generation_ != service_->generation ||
         (introduction_.expires && std::chrono::system_clock::now() >= *introduction_.expires);
}

template <class Stream>
std::optional<Refusal> Connection<Stream>::objection() const {
  if (over_limit_) return Refusal::too_many_connections;
  if (!introduction_.welcome) return Refusal::unknown_certificate;
  if (head_.content_encoding && !same_but_case(*head_.content_encoding, "identity")) {
    return Refusal::content_encoding_unsupported;
  }
  return std::nullopt;
}

template <class Stream>
std::optional<Refusal> Connection<Stream>::objection_to_body(const Route& route) const {
  if (!unread_input_) return std::nullopt;
  if (head_.body_length > offered()->max_body_bytes(route)) return Refusal::body_too_large;
  if (!takes_content_type(route, head_.content_type)) return Refusal::content_type_unsupported;
  return std::nullopt;
}

template <class Stream>
auto Connection<Stream>::serve_one() -> awaitable<Next> {
  input_.make_room();
  if (!may_go_on()) co_return Next::close;
  has_head_ = false;
  const auto head_size = co_await receive_head();
  if (!head_size) co_return co_await end_with(head_size.error());
  if (has_lapsed()) co_return Next::close;
  has_head_ = true;
  offered_ = service_->offered();
  if (introduction_.known_by != offered_->number) recognise_anew();
  const Next next = co_await serve_request(*head_size);
  large_body_.release();  // to whom the next one is charged, that request tells
  offered_.reset();
  co_return next;
}

template <class Stream>
auto Connection<Stream>::serve_request(std::size_t head_size) -> awaitable<Next> {
  unread_input_ = head_.framing != BodyFraming::none;
  if (const auto refusal = objection()) co_return co_await refuse(*refusal);
  Request request{head_.method, head_.path, head_.query, head_.fields, {}, introduction_.peer, {}};
  const auto route = offered_->offer.router.find(head_.method, head_.path, request.parameters);
  if (!route) co_return co_await refuse(route.error());
  if (const auto refusal = objection_to_body(**route)) co_return co_await refuse(*refusal);
  if ((*route)->admission) {
    if (const auto answer = (*route)->admission(request)) co_return co_await turn_away(*answer);
  }
  std::size_t request_size = head_size;
  const auto body = co_await receive_body(**route, head_size, request_size);
  if (!body) co_return co_await end_with(body.error());
  unread_input_ = false;
  if (has_lapsed()) co_return Next::close;
  request.body = *body;
  const Next next = co_await answer_request(**route, request, Clock::now());
  input_.consume(request_size);
  co_return next;
}

template <class Stream>
auto Connection<Stream>::receive_some(Refusal on_timeout) -> awaitable<Received<void>> {
  const std::span<char> space = input_.free_space();
  const auto [error, size] =
      co_await stream_.async_read_some(asio::buffer(space.data(), space.size()), awaited);
  if (error) {
    // An end of stream amid a request is no request: nothing is handed on, nobody is answered.
    co_return std::unexpected(expired_ ? Stop(on_timeout) : Stop());
  }
  input_.arrived(size);
  co_return Received<void>{};
}

template <class Stream>
auto Connection<Stream>::receive_head() -> awaitable<Received<std::size_t>> {
  std::size_t scanned = 0;
  bool begun = !input_.view().empty();
  deadline_.set(service_->around.clock(), begun ? offered()->offer.limits.header_timeout
                                                : offered()->offer.limits.idle_timeout);
  for (;;) {
    if (begun) {
      const auto end = find_head_end(input_.view(), scanned);
      if (!end) co_return std::unexpected(end.error());
      if (*end) {
        const auto read = read_head(input_.view().substr(0, **end), head_);
        if (!read) co_return std::unexpected(read.error());
        co_return **end;
      }
    }
    idle_ = !begun;
    const auto received = co_await receive_some(Refusal::head_timeout);
    idle_ = false;
    if (!received) co_return std::unexpected(begun ? received.error() : Stop());
    if (!begun) deadline_.set(service_->around.clock(), offered()->offer.limits.header_timeout);
    begun = true;
  }
}

template <class Stream>
auto Connection<Stream>::send_continue() -> awaitable<Received<void>> {
  static constexpr std::string_view interim = "HTTP/1.1 100 Continue\r\n\r\n";
  const auto [error, size] = co_await asio::async_write(stream_, asio::buffer(interim), awaited);
  if (error) co_return std::unexpected(Stop());
  co_return Received<void>{};
}

template <class Stream>
void Connection<Stream>::body_advanced(const Route& route) {
  if (route.bodies) deadline_.set(service_->around.clock(), offered()->offer.limits.body_timeout);
}

template <class Stream>
auto Connection<Stream>::receive_body(const Route& route, std::size_t head_size,
                                      std::size_t& request_size)
    -> awaitable<Received<std::string_view>> {
  if (head_.framing == BodyFraming::none) co_return std::string_view();
  large_body_.draw_from(offered()->memory_for(route));
  deadline_.set(service_->around.clock(), offered()->offer.limits.body_timeout);
  if (head_.expects_continue && input_.view().size() == head_size) {
    if (const auto sent = co_await send_continue(); !sent) co_return std::unexpected(sent.error());
  }
  if (head_.framing == BodyFraming::chunked) {
    co_return co_await receive_chunked_body(route, head_size, request_size);
  }
  request_size += head_.body_length;
  if (input_.fits(request_size)) co_return co_await receive_short_body(head_size);
  request_size = head_size;  // the body does not stay in the buffer
  co_return co_await receive_long_body(route, head_size);
}

// One that fits into the buffer behind its head, and is used where it lies.
template <class Stream>
auto Connection<Stream>::receive_short_body(std::size_t head_size)
    -> awaitable<Received<std::string_view>> {
  while (input_.view().size() < head_size + head_.body_length) {
    const auto received = co_await receive_some(Refusal::body_timeout);
    if (!received) co_return std::unexpected(received.error());
  }
  co_return input_.view().substr(head_size, head_.body_length);
}

template <class Stream>
auto Connection<Stream>::receive_long_body(const Route& route, std::size_t head_size)
    -> awaitable<Received<std::string_view>> {
  std::string& body = large_body_.bytes();
  const std::string_view begun = input_.view().substr(head_size);
  std::uint64_t step =
      std::min(std::max<std::uint64_t>(first_step, begun.size()), head_.body_length);
  if (!large_body_.reserve(step)) co_return std::unexpected(Refusal::body_memory_exhausted);
  body.assign(begun);
  std::size_t filled = begun.size();
  input_.truncate(head_size);
  body.resize(step);
  while (filled < head_.body_length) {
    if (filled == body.size()) {
      step = std::min(step * 2, head_.body_length);
      if (!large_body_.reserve(step)) co_return std::unexpected(Refusal::body_memory_exhausted);
      // Once a step: what resize() fills with zeros would be the square of the body otherwise.
      body.resize(step);
    }
    const auto [error, size] = co_await stream_.async_read_some(
        asio::buffer(body.data() + filled, body.size() - filled), awaited);
    if (error) co_return std::unexpected(expired_ ? Stop(Refusal::body_timeout) : Stop());
    filled += size;
    body_advanced(route);
  }
  co_return std::string_view(body);
}

template <class Stream>
auto Connection<Stream>::receive_chunked_body(const Route& route, std::size_t head_size,
                                              std::size_t& request_size)
    -> awaitable<Received<std::string_view>> {
  ChunkedBody chunks(offered()->max_body_bytes(route));
  std::string& body = large_body_.bytes();
  for (;;) {
    const std::string_view arrived = input_.view().substr(head_size);
    // What is content is no longer than what has arrived.
    const std::uint64_t wanted = body.size() + arrived.size();
    if (wanted > large_body_.reserved() &&
        !large_body_.reserve(std::max({first_step, wanted, large_body_.reserved() * 2}))) {
      co_return std::unexpected(Refusal::body_memory_exhausted);
    }
    const auto used = chunks.feed(arrived, body);
    if (!used) co_return std::unexpected(used.error());
    if (chunks.complete()) {
      request_size = head_size + *used;
      co_return std::string_view(body);
    }
    input_.truncate(head_size);
    const auto received = co_await receive_some(Refusal::body_timeout);
    if (!received) co_return std::unexpected(received.error());
    body_advanced(route);
  }
}

template <class Stream>
auto Connection<Stream>::answer_request(const Route& route, Request& request,
                                        Clock::time_point started) -> awaitable<Next> {
  deadline_.clear();  // a handler sets its own limits
  Response response;
  bool failed = false;
  try {
    response = co_await route.handler(request);
  } catch (const std::exception& error) {
    failed = true;
    service_->around.log.write<"handler-failed">(
        {{"method", to_string(request.method)}, {"route", route.path}, {"error", error.what()}});
  }
  if (failed) response = tell(Refusal::handler_failed);
  large_body_.release();
  const bool keep_open = head_.keep_alive && !failed && may_go_on();
  const Next next =
      co_await send(response, keep_open ? AfterResponse::keep_open : AfterResponse::close);
  const std::chrono::duration<double> taken = Clock::now() - started;
  service_->answers.count(response.status, taken.count());
  co_return next;
}

template <class Stream>
auto Connection<Stream>::send(const Response& response, AfterResponse after) -> awaitable<Next> {
  // A peer that does not read its answer is a slow one too.
  deadline_.set(service_->around.clock(), offered()->offer.limits.body_timeout);
  const auto second = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  write_response(output_, response, head_.method, after, date_.at(second));
  const auto [error, size] = co_await asio::async_write(stream_, asio::buffer(output_), awaited);
  co_return error || after == AfterResponse::close ? Next::close : Next::another_request;
}

template <class Stream>
auto Connection<Stream>::end_with(Stop stop) -> awaitable<Next> {
  if (!stop) co_return Next::close;
  co_return co_await refuse(*stop);
}

template <class Stream>
Response Connection<Stream>::tell(Refusal refusal) const {
  const std::span<const HeaderField> fields =
      has_head_ ? std::span<const HeaderField>(head_.fields) : std::span<const HeaderField>();
  return offered()->offer.audience.tell(refusal, fields);
}

template <class Stream>
auto Connection<Stream>::refuse(Refusal refusal) -> awaitable<Next> {
  return refuse(Router::Miss{refusal, {}});
}

template <class Stream>
auto Connection<Stream>::refuse(Router::Miss miss) -> awaitable<Next> {
  const RefusalText& text = text_of(miss.refusal);
  service_->around.metrics.http_refused(service_->listener, text.name).Increment();
  service_->answers.count(text.status, 0);
  const Peer& peer = introduction_.peer;
  if (miss.refusal == Refusal::unknown_certificate) {
    service_->around.denials.note({"certificate-unknown", peer.subject, "", ""});
  }
  service_->around.log.write<"request-refused">({{"reason", text.name},
                                                 {"status", text.status},
                                                 {"subject", peer.subject},
                                                 {"address", peer.address}});
  Response response = tell(miss.refusal);
  if (!miss.allow.empty()) response.headers.emplace_back("Allow", miss.allow);
  expired_ = false;
  large_body_.release();
  co_await send(response, AfterResponse::close);
  unread_input_ = true;
  co_return Next::close;
}

template <class Stream>
auto Connection<Stream>::turn_away(const Response& response) -> awaitable<Next> {
  service_->answers.count(response.status, 0);
  co_return co_await send(response, AfterResponse::close);
}

template <class Stream>
awaitable<void> Connection<Stream>::finish() {
  deadline_.set(service_->around.clock(), drain_timeout);
  co_await say_goodbye(stream_);
  std::size_t drained = 0;
  while (unread_input_ && drained < drain_bytes && !expired_) {
    input_.truncate(0);
    const std::span<char> space = input_.free_space();
    const auto [error, size] = co_await bare_socket(stream_).async_read_some(
        asio::buffer(space.data(), space.size()), awaited);
    if (error) break;
    drained += size;
  }
}

template class Connection<TlsStream>;
template class Connection<LocalStream>;

}  // namespace sluice::server

#include "server/http_server.h"

#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <variant>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <fmt/format.h>
#include <sys/stat.h>

#include "boost/awaited.h"
#include "server/connection.h"
#include "server/service.h"

namespace sluice::server {

namespace asio = boost::asio;
using asio::awaitable;
using asio::ip::tcp;
using asio::local::stream_protocol;

namespace {

// How long to wait when the process has no file descriptor left for a connection.
constexpr std::chrono::milliseconds accept_pause{100};

}  // namespace

struct HttpServer::State : std::enable_shared_from_this<HttpServer::State> {
  using Acceptor = std::variant<tcp::acceptor, stream_protocol::acceptor>;

  State(asio::io_context& run_by, Acceptor listening, std::shared_ptr<Service> shared)
      : context(run_by),
        strand(asio::make_strand(run_by)),
        acceptor(std::move(listening)),
        service(std::move(shared)),
        tick(strand),
        drained(strand) {}

  asio::io_context& context;
  asio::strand<asio::io_context::executor_type> strand;
  Acceptor acceptor;
  std::shared_ptr<Service> service;
  asio::steady_timer tick;
  asio::steady_timer drained;
  // On the strand. A timer that has fired can not be cancelled any more, though its waiter has not
  // run yet: who waits in a loop looks here.
  bool has_ended = false;
  std::filesystem::path socket_file;  // to be removed at the end

  std::mutex mutex;  // guards what follows
  std::shared_ptr<asio::ssl::context> tls;
  std::unordered_map<AnyConnection*, std::weak_ptr<AnyConnection>> connections;

  // Hands every connection to `take`, until the acceptor is closed.
  template <class Listening, class Take>
  awaitable<void> accept(Listening& listening, Take take);
  awaitable<void> accept_tls();
  awaitable<void> accept_local();
  awaitable<void> watch_deadlines();
  // On the strand.
  awaitable<void> stop(std::chrono::milliseconds grace);
  [[nodiscard]] bool is_empty();
  // `origin`: whom it comes from, where it has a handshake before it.
  template <class Stream>
  void serve(Stream stream, const std::optional<std::string>& origin);
  void forget(AnyConnection* connection);
  template <class Act>
  void for_each_connection(const Act& act);
};

template <class Act>
void HttpServer::State::for_each_connection(const Act& act) {
  const std::lock_guard lock(mutex);
  for (const auto& [address, weak] : connections) {
    if (const auto connection = weak.lock()) act(*connection);
  }
}

template <class Stream>
void HttpServer::State::serve(Stream stream, const std::optional<std::string>& origin) {
  const auto executor = stream.get_executor();
  auto connection = std::make_shared<Connection<Stream>>(std::move(stream), service);
  {
    const std::lock_guard lock(mutex);
    connections.emplace(connection.get(), connection);
  }
  if (origin) {
    if (const auto loser = service->handshakes.begin(connection, *origin)) {
      service->around.metrics.tls_refused("crowded-out").Increment();
      loser->give_way();
    }
  }
  asio::co_spawn(
      executor, [connection] { return connection->run(); },
      [self = shared_from_this(), connection](const std::exception_ptr& error) {
        self->forget(connection.get());
        if (error) self->service->around.log.write<"connection-failed">();
      });
}

void HttpServer::State::forget(AnyConnection* connection) {
  const std::lock_guard lock(mutex);
  connections.erase(connection);
  if (connections.empty() && service->stopping) {
    asio::post(strand, [self = shared_from_this()] { self->drained.cancel(); });
  }
}

template <class Listening, class Take>
awaitable<void> HttpServer::State::accept(Listening& listening, Take take) {
  asio::steady_timer pause(strand);
  while (listening.is_open()) {
    auto [error, socket] = co_await listening.async_accept(asio::make_strand(context), awaited);
    if (error == asio::error::operation_aborted) break;
    if (error) {
      service->around.log.write<"accept-failed">({{"error", error.message()}});
      pause.expires_after(accept_pause);
      co_await pause.async_wait(awaited);
      continue;
    }
    take(std::move(socket));
  }
}

awaitable<void> HttpServer::State::accept_tls() {
  return accept(std::get<tcp::acceptor>(acceptor), [this](auto socket) {
    boost::system::error_code gone;
    socket.set_option(tcp::no_delay(true), gone);
    std::shared_ptr<asio::ssl::context> current;
    {
      const std::lock_guard lock(mutex);
      current = tls;
    }
    const auto peer = socket.remote_endpoint(gone);
    if (gone) return;  // it has hung up already
    serve(TlsStream(tcp::socket(std::move(socket)), *current), origin_of(peer.address()));
  });
}

awaitable<void> HttpServer::State::accept_local() {
  return accept(std::get<stream_protocol::acceptor>(acceptor),
                [this](auto socket) { serve(LocalStream(std::move(socket)), std::nullopt); });
}

awaitable<void> HttpServer::State::watch_deadlines() {
  while (!has_ended) {
    tick.expires_after(deadline_tick);
    co_await tick.async_wait(awaited);
    const auto now = service->around.clock();
    for_each_connection([&](AnyConnection& connection) { connection.check_deadline(now); });
  }
}

namespace {

std::unexpected<ListenFailure> listen_failure(const std::string& place,
                                              const boost::system::error_code& error) {
  const bool in_use = error == asio::error::address_in_use;
  return std::unexpected(ListenFailure{
      in_use ? ListenProblem::address_in_use : ListenProblem::address_unusable, place,
      fmt::format("can not listen here: {}; {}", error.message(),
                  in_use ? "another program does, stop it or choose another port"
                         : "choose an address of this machine that this user may listen on")});
}

template <class Protocol>
std::expected<asio::basic_socket_acceptor<Protocol>, boost::system::error_code> open_acceptor(
    const auto& executor, const typename Protocol::endpoint& endpoint) {
  boost::system::error_code error;
  asio::basic_socket_acceptor<Protocol> acceptor(executor);
  acceptor.open(endpoint.protocol(), error);
  if (!error && std::is_same_v<Protocol, tcp>) {
    acceptor.set_option(asio::socket_base::reuse_address(true), error);
  }
  if (!error) acceptor.bind(endpoint, error);
  if (error) return std::unexpected(error);
  return acceptor;
}

// A socket file that was left behind: there, but nobody answers.
bool is_stale(asio::io_context& context, const std::filesystem::path& socket) {
  if (!std::filesystem::is_socket(socket)) return false;
  boost::system::error_code error;
  stream_protocol::socket probe(context);
  probe.connect(stream_protocol::endpoint(socket.string()), error);
  return error == asio::error::connection_refused;
}

}  // namespace

std::expected<HttpServer, ListenFailure> HttpServer::listen(asio::io_context& context,
                                                            trust::TlsContext tls, Offer first,
                                                            const Surroundings& surroundings) {
  const std::string place = fmt::format("{}:{}", first.limits.address, first.limits.port);
  boost::system::error_code error;
  const auto address = asio::ip::make_address(first.limits.address, error);
  if (error) return listen_failure(place, error);
  auto acceptor = open_acceptor<tcp>(asio::make_strand(context), {address, first.limits.port});
  if (!acceptor) return listen_failure(place, acceptor.error());
  acceptor->listen(asio::socket_base::max_listen_connections, error);
  if (error) return listen_failure(place, error);
  auto state = std::make_shared<State>(context, std::move(*acceptor),
                                       std::make_shared<Service>(std::move(first), surroundings));
  state->tls = std::make_shared<asio::ssl::context>(tls.release());
  asio::co_spawn(
      state->strand, [state] { return state->accept_tls(); }, asio::detached);
  asio::co_spawn(
      state->strand, [state] { return state->watch_deadlines(); }, asio::detached);
  return HttpServer(std::move(state));
}

std::expected<HttpServer, ListenFailure> HttpServer::listen_locally(
    asio::io_context& context, const std::filesystem::path& socket, Offer first,
    const Surroundings& surroundings) {
  boost::system::error_code error;
  if (is_stale(context, socket)) std::filesystem::remove(socket);
  if (socket.native().size() > 107) {  // sun_path, with its closing NUL
    return listen_failure(socket.string(), boost::asio::error::name_too_long);
  }
  auto acceptor = open_acceptor<stream_protocol>(asio::make_strand(context),
                                                 stream_protocol::endpoint(socket.string()));
  if (!acceptor) return listen_failure(socket.string(), acceptor.error());
  // Between bind() and listen() nobody can connect, whatever the umask was.
  if (::chmod(socket.c_str(), 0660) != 0) {
    return listen_failure(socket.string(), {errno, boost::system::system_category()});
  }
  acceptor->listen(asio::socket_base::max_listen_connections, error);
  if (error) return listen_failure(socket.string(), error);
  auto state = std::make_shared<State>(context, std::move(*acceptor),
                                       std::make_shared<Service>(std::move(first), surroundings));
  state->socket_file = socket;
  asio::co_spawn(
      state->strand, [state] { return state->accept_local(); }, asio::detached);
  asio::co_spawn(
      state->strand, [state] { return state->watch_deadlines(); }, asio::detached);
  return HttpServer(std::move(state));
}

HttpServer::HttpServer(std::shared_ptr<State> state) : state_(std::move(state)) {}
HttpServer::HttpServer(HttpServer&&) noexcept = default;
HttpServer& HttpServer::operator=(HttpServer&&) noexcept = default;
HttpServer::~HttpServer() = default;

std::uint16_t HttpServer::port() const {
  const auto* acceptor = std::get_if<tcp::acceptor>(&state_->acceptor);
  boost::system::error_code closed;
  return acceptor == nullptr ? std::uint16_t{0} : acceptor->local_endpoint(closed).port();
}

void HttpServer::reload(trust::TlsContext tls) {
  auto context = std::make_shared<asio::ssl::context>(tls.release());
  {
    const std::lock_guard lock(state_->mutex);
    state_->tls = std::move(context);
  }
  ++state_->service->generation;
  state_->for_each_connection([](AnyConnection& connection) { connection.close_if_idle(); });
}

void HttpServer::serve(Offer offer) {
  state_->service->replace(std::move(offer));
}

awaitable<void> HttpServer::stop(std::chrono::milliseconds grace) {
  const auto state = state_;
  co_await asio::co_spawn(state->strand, state->stop(grace), asio::use_awaitable);
}

bool HttpServer::State::is_empty() {
  const std::lock_guard lock(mutex);
  return connections.empty();
}

awaitable<void> HttpServer::State::stop(std::chrono::milliseconds grace) {
  boost::system::error_code ignored;  // closing a listening socket loses nothing
  std::visit([&](auto& listening) { listening.close(ignored); }, acceptor);
  if (!socket_file.empty()) std::filesystem::remove(socket_file, ignored);
  service->stopping = true;
  for_each_connection([](AnyConnection& connection) { connection.close_if_idle(); });
  drained.expires_after(grace);
  if (!is_empty()) co_await drained.async_wait(awaited);
  while (!is_empty()) {
    for_each_connection([](AnyConnection& connection) { connection.cut(); });
    drained.expires_after(deadline_tick);
    co_await drained.async_wait(awaited);
  }
  has_ended = true;
  tick.cancel();
}

}  // namespace sluice::server

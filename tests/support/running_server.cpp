#include "support/running_server.h"

#include <cstdlib>
#include <fstream>
#include <future>
#include <iterator>
#include <stdexcept>
#include <thread>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/asio/write.hpp>

#include "support/audited_text.h"
#include "support/no_target.h"

namespace sluice::test {

namespace asio = boost::asio;

namespace {

trust::Directory peers() {
  return trust::Directory({{DevelopmentCa::subject("park"), record::BureauId("park")},
                           {DevelopmentCa::subject("quality"), record::BureauId("quality")},
                           {DevelopmentCa::subject("front-1"), record::NodeId("front-1")},
                           {DevelopmentCa::subject("front-2"), record::NodeId("front-2")}});
}

record::Time now() {
  return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

// What both kinds of server stand in.
struct Stage {
  explicit Stage(const std::filesystem::path& audit_directory)
      : audit(trust::AuditLog::open(audit_directory, now).value()),
        denials(std::make_unique<trust::Denials>(audit, [](const trust::AuditFailure&) {})) {
    for (std::thread& thread : threads) {
      thread = std::thread([this] { context.run(); });
    }
  }
  ~Stage() {
    work.reset();
    for (std::thread& thread : threads)
      thread.join();
  }
  void stop(server::HttpServer& running, std::chrono::milliseconds grace) {
    asio::co_spawn(context, running.stop(grace), asio::use_future).get();
  }

  server::Surroundings surroundings(const ServerOptions& options) {
    return {*denials, log, metrics, options.clock};
  }

  trust::Directory directory = peers();
  trust::AuditLog audit;
  std::unique_ptr<trust::Denials> denials;
  observe::Log log{observe::Log::Level::error, std::make_unique<NoTarget>()};
  observe::Metrics metrics;
  asio::io_context context;
  asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
  std::array<std::thread, 2> threads;
};

}  // namespace

TemporaryDirectory::TemporaryDirectory() {
  std::string name = (std::filesystem::temp_directory_path() / "sluice-test-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary directory");
  path_ = name;
}
TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

server::Listen ServerOptions::short_limits() {
  server::Listen limits;
  limits.address = "127.0.0.1";
  limits.port = 0;
  // Only a test of these limits may ever meet them.
  limits.header_timeout = limits.body_timeout = limits.idle_timeout = std::chrono::minutes(10);
  limits.max_body_bytes = 1 << 20;
  return limits;
}

struct RunningServer::State {
  explicit State(ServerOptions given)
      : options(std::move(given)), stage(directory.path() / "audit") {
    authority.issue("node");
    server = std::make_unique<server::HttpServer>(
        server::HttpServer::listen(stage.context, tls(),
                                   {server::Router(options.routes), options.limits, stage.directory,
                                    options.audience, std::exchange(options.owner, nullptr)},
                                   stage.surroundings(options))
            .value());
  }
  trust::TlsContext tls() {
    const trust::TlsFiles files{
        directory.path() / "node.pem", directory.path() / "node.key", authority.authorities(),
        options.check_revocations ? authority.revocations() : std::filesystem::path()};
    if (options.asks_visitors) return trust::make_asking_server_context(files).value();
    if (options.audience.proof == server::Audience::Proof::none) {
      return trust::make_open_server_context({files.certificate, files.key}).value();
    }
    return trust::make_server_context(files).value();
  }

  ServerOptions options;
  TemporaryDirectory directory;
  DevelopmentCa authority{directory.path()};
  Stage stage;
  std::unique_ptr<server::HttpServer> server;
  bool stopped = false;
};

RunningServer::RunningServer(ServerOptions options)
    : state_(std::make_unique<State>(std::move(options))) {}
RunningServer::~RunningServer() {
  if (!state_->stopped) stop(std::chrono::milliseconds(0));
}
DevelopmentCa& RunningServer::authority() {
  return state_->authority;
}
observe::Metrics& RunningServer::metrics() {
  return state_->stage.metrics;
}
std::uint16_t RunningServer::port() const {
  return state_->server->port();
}
void RunningServer::reload() {
  state_->server->reload(state_->tls());
}
void RunningServer::serve(std::vector<server::Route> routes, const trust::Directory& directory,
                          std::shared_ptr<const void> owner) {
  serve(std::move(routes), directory, state_->options.limits, std::move(owner));
}
void RunningServer::serve(std::vector<server::Route> routes, const trust::Directory& directory,
                          const server::Listen& limits, std::shared_ptr<const void> owner) {
  state_->server->serve({server::Router(std::move(routes)), limits, directory,
                         state_->options.audience, std::move(owner)});
}
void RunningServer::stop(std::chrono::milliseconds grace) {
  state_->stage.stop(*state_->server, grace);
  state_->stage.denials.reset();
  state_->stopped = true;
}
std::string RunningServer::audited() const {
  return audited_text(state_->directory.path() / "audit");
}

struct RunningLocalServer::State {
  TemporaryDirectory directory;
  Stage stage{directory.path() / "audit"};
  std::unique_ptr<server::HttpServer> server;
};
RunningLocalServer::RunningLocalServer(std::filesystem::path socket, ServerOptions options)
    : state_(std::make_unique<State>()) {
  state_->server = std::make_unique<server::HttpServer>(
      server::HttpServer::listen_locally(state_->stage.context, socket,
                                         {server::Router(options.routes), options.limits,
                                          state_->stage.directory, server::operators()},
                                         state_->stage.surroundings(options))
          .value());
}
RunningLocalServer::~RunningLocalServer() {
  state_->stage.stop(*state_->server, std::chrono::milliseconds(0));
}

struct RawClient::State {
  asio::io_context context;
  std::optional<asio::ssl::context> tls;
  std::optional<asio::ssl::stream<asio::ip::tcp::socket>> secure;
  std::optional<asio::local::stream_protocol::socket> local;
  std::string received;
  bool failed = false;

  std::size_t read_some(char* data, std::size_t size, boost::system::error_code& error) {
    return secure ? secure->read_some(asio::buffer(data, size), error)
                  : local->read_some(asio::buffer(data, size), error);
  }
  bool read_more() {
    std::array<char, 4096> bytes{};
    boost::system::error_code error;
    const std::size_t size = failed ? 0 : read_some(bytes.data(), bytes.size(), error);
    received.append(bytes.data(), size);
    return !error && size > 0;
  }
};

RawClient::RawClient(std::uint16_t port, const IssuedFiles& identity,
                     const std::filesystem::path& authorities)
    : state_(std::make_unique<State>()) {
  state_->tls.emplace(asio::ssl::context::tls_client);
  if (!identity.certificate.empty()) {
    state_->tls->use_certificate_chain_file(identity.certificate.string());
    state_->tls->use_private_key_file(identity.key.string(), asio::ssl::context::pem);
  }
  state_->tls->load_verify_file(authorities.string());
  state_->tls->set_verify_mode(asio::ssl::verify_peer);
  state_->secure.emplace(state_->context, *state_->tls);
  state_->secure->next_layer().connect({asio::ip::address_v4::loopback(), port});
  boost::system::error_code error;
  state_->secure->handshake(asio::ssl::stream_base::client, error);
  state_->failed = error.failed();
}

RawClient::RawClient(const std::filesystem::path& socket) : state_(std::make_unique<State>()) {
  state_->local.emplace(state_->context);
  state_->local->connect(asio::local::stream_protocol::endpoint(socket.string()));
}
RawClient::~RawClient() = default;

bool RawClient::send(std::string_view bytes) {
  if (state_->failed) return false;
  boost::system::error_code error;
  if (state_->secure) {
    asio::write(*state_->secure, asio::buffer(bytes), error);
  } else {
    asio::write(*state_->local, asio::buffer(bytes), error);
  }
  return !error;
}

std::string RawClient::receive() {
  std::string& received = state_->received;
  std::size_t head_end = 0;
  while ((head_end = received.find("\r\n\r\n")) == std::string::npos) {
    if (!state_->read_more()) return std::exchange(received, {});
  }
  head_end += 4;
  std::size_t size = head_end;
  if (const std::size_t at = received.find("Content-Length: "); at < head_end) {
    size += std::stoul(received.substr(at + 16));
  }
  while (received.size() < size && state_->read_more()) {
  }
  std::string response = received.substr(0, size);
  received.erase(0, size);
  return response;
}

bool RawClient::is_closed() {
  return state_->received.empty() && !state_->read_more();
}

void RawClient::end_sending() {
  boost::system::error_code ignored;
  if (state_->secure) {
    state_->secure->next_layer().shutdown(asio::socket_base::shutdown_send, ignored);
  } else {
    state_->local->shutdown(asio::socket_base::shutdown_send, ignored);
  }
}

std::string status_line(const std::string& response) {
  return response.substr(0, response.find("\r\n"));
}

}  // namespace sluice::test

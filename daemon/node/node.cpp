#include "node/node.h"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <iterator>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>

#include "foundation/system_clock.h"
#include "server/status_routes.h"
#include "trust/tls_context.h"

namespace sluice::node {
namespace {

namespace asio = boost::asio;

// How long running requests may take to end when the daemon stops.
constexpr std::chrono::seconds stop_grace{10};
// How many batches of other nodes are applied at once, each over a store connection of its own.
constexpr std::size_t receptions_at_once = 4;
// How many datasets are compared with their bureaus' databases at once.
constexpr std::size_t comparisons_at_once = 1;

trust::Directory directory_of(const settings::Settings& settings) {
  trust::Directory::Subjects subjects;
  for (const auto& [id, bureau] : settings.bureaus) {
    subjects.emplace(bureau.certificate_subject, id);
  }
  for (const settings::CarryingNode& node : settings.node.nodes) {
    subjects.emplace(node.certificate_subject, node.name);
  }
  return trust::Directory(std::move(subjects));
}

// A bureau's batches are signed by the node on which its data begins.
exchange::Reception::Signatories signatories_of(const foundation::Foundation& foundation) {
  exchange::Reception::Signatories signatories;
  for (const auto& [id, bureau] : foundation.settings.bureaus) {
    const settings::CarryingNode* carrier = foundation.carrier(id);
    signatories[id] = {carrier == nullptr ? foundation.signer.subject()
                                          : carrier->certificate_subject};
  }
  return signatories;
}

trust::TlsFiles tls_files(const settings::Identity& identity) {
  return {identity.certificate, identity.key, identity.authorities, identity.revocations};
}

bool publishes_by(const settings::Publication& publication, record::Mode mode) {
  return std::ranges::find(publication.channels, mode) != publication.channels.end();
}

boost::json::object to_json(const LinkState::Snapshot& link, bool stopped) {
  boost::json::object object{{"state", stopped                ? "stopped"
                                       : link.held_back_since ? "held-back"
                                                              : "up"}};
  if (link.held_back_since) {
    object["since"] = record::to_string(*link.held_back_since);
    object["reason"] = link.reason;
  }
  if (link.last_receipt) object["last_receipt"] = record::to_string(*link.last_receipt);
  return object;
}

boost::json::object to_json(const journal::Status& status) {
  boost::json::object object{
      {"bureau", status.stream.bureau.str()},
      {"epoch", status.stream.epoch.value},
      {"last_batch", status.head.sequence.value},
      {"acknowledged", status.acknowledged.value},
      {"backlog_batches", status.backlog.batches},
      {"backlog_bytes", status.backlog.bytes},
      {"quarantine_waiting", status.quarantine_waiting},
  };
  if (status.backlog.oldest) object["backlog_oldest"] = record::to_string(*status.backlog.oldest);
  return object;
}

}  // namespace

Node::Node(std::unique_ptr<foundation::Foundation> foundation, std::unique_ptr<observe::Log> log,
           trust::AuditLog audit)
    : foundation_(std::move(foundation)),
      log_(std::move(log)),
      audit_(std::move(audit)),
      denials_(audit_,
               [this](const trust::AuditFailure& failure) {
                 log_->error("audit-not-written", {{"reason", record::to_string(failure)}});
               }),
      directory_(directory_of(foundation_->settings)),
      notifier_(std::getenv("NOTIFY_SOCKET"), std::getenv("WATCHDOG_USEC")),
      started_at_(foundation::system_now()),
      signatories_(signatories_of(*foundation_)),
      bandwidth_(foundation_->settings.node.uplink ? foundation_->settings.node.uplink->bandwidth
                                                   : std::nullopt) {}

Node::~Node() {
  blocking_.join();
}

std::expected<std::unique_ptr<Node>, std::string> Node::start(
    std::unique_ptr<foundation::Foundation> foundation, const std::filesystem::path& command,
    const std::filesystem::path& configuration) {
  auto log = observe::open_log(foundation->settings.node.log, "sluiced");
  auto audit = trust::AuditLog::open(foundation->audit_directory(), foundation::system_now);
  if (!audit) return std::unexpected(record::to_string(audit.error()));
  std::unique_ptr<Node> node(new Node(std::move(foundation), std::move(log), std::move(*audit)));
  if (auto made = node->make_uplink(); !made) return std::unexpected(made.error());
  if (auto opened = node->open_streams(); !opened) return std::unexpected(opened.error());
  if (auto made = node->make_endpoint(); !made) return std::unexpected(made.error());
  if (auto started = node->start_jobs(command, configuration); !started) {
    return std::unexpected(started.error());
  }
  if (auto listening = node->listen(); !listening) return std::unexpected(listening.error());
  node->watch_drop_folders(command, configuration);
  return node;
}

std::expected<void, std::string> Node::make_uplink() {
  if (!foundation_->settings.node.uplink) return {};
  auto identity = link::UplinkIdentity::load(tls_files(foundation_->settings.node.identity));
  if (!identity) return std::unexpected(record::to_string(identity.error()));
  uplink_identity_ = std::move(*identity);
  return {};
}

std::expected<void, std::string> Node::open_streams() {
  for (const auto& [id, bureau] : foundation_->settings.bureaus) {
    if (bureau.publishes.empty() || foundation_->carrier(id) != nullptr) continue;
    auto stream = Stream::open(id, {*foundation_, *log_, metrics_, context_.get_executor(),
                                    signatories_, uplink_identity_.get(), &bandwidth_});
    if (!stream) return std::unexpected(stream.error());
    streams_.emplace(id, std::move(*stream));
  }
  return {};
}

std::expected<void, std::string> Node::make_endpoint() {
  std::vector<adapters::direct::DirectStream> streams;
  for (const auto& [id, stream] : streams_) {
    adapters::direct::DirectStream direct{stream->id(), stream->commit(), {}};
    for (const auto& publication : foundation_->settings.bureaus.at(id).publishes) {
      if (!publishes_by(publication, record::Mode::direct)) continue;
      const exchange::KnownDataset& known = *foundation_->catalogue.find(publication.dataset);
      direct.datasets.push_back({known.dataset, known.checker, publication.mapping,
                                 publication.reject_limit, publication.max_row_bytes,
                                 foundation_->origin(publication.dataset, record::Mode::direct)});
    }
    if (!direct.datasets.empty()) streams.push_back(std::move(direct));
  }
  std::vector<record::DatasetId> known;
  for (const auto& [id, dataset] : foundation_->catalogue.datasets())
    known.push_back(id);
  auto endpoint = adapters::direct::RecordsEndpoint::make(
      std::move(streams), std::move(known), {denials_, *log_, metrics_, foundation::system_now});
  if (!endpoint) return std::unexpected(record::to_string(endpoint.error()));
  endpoint_ = std::move(*endpoint);
  return {};
}

void Node::take_from_other_nodes() {
  const settings::Node& node = foundation_->settings.node;
  if (node.nodes.empty()) return;
  exchange::CarryGrants grants;
  for (const settings::CarryingNode& other : node.nodes)
    grants.emplace(other.name, other.bureaus);
  using exchange::Reception;
  using Opened = std::expected<std::unique_ptr<Reception>, exchange::ReceptionFailure>;
  const auto open = [this]() -> Opened {
    auto store = foundation_->open_store();
    if (!store) {
      return std::unexpected(exchange::ReceptionFailure{
          exchange::ReceptionProblem::unavailable, store.error().place, store.error().sentence});
    }
    return std::make_unique<Reception>(
        std::move(*store),
        Reception::Trust{foundation_->catalogue, foundation_->verifier, foundation_->signer,
                         signatories_},
        foundation::system_now);
  };
  receptions_ = std::make_unique<exchange::ReceptionPool>(receptions_at_once, open);
  comparisons_ = std::make_unique<exchange::ReceptionPool>(comparisons_at_once, open);
  batches_ = std::make_unique<exchange::BatchesEndpoint>(
      grants, exchange::BatchesEndpoint::Surroundings{*receptions_, denials_, *log_});
  digests_ = std::make_unique<exchange::DigestsEndpoint>(
      std::move(grants), exchange::DigestsEndpoint::Surroundings{foundation_->catalogue,
                                                                 *comparisons_, denials_, *log_});
}

server::Route Node::health_route() const {
  return server::health_route([this] {
    for (const auto& [id, stream] : streams_) {
      if (stream->is_stopped()) {
        return server::Health{.serving = false,
                              .reason = "the stream of " + id.str() + " has stopped; see the log"};
      }
    }
    return server::Health{};
  });
}

server::Route Node::status_route() {
  return {.method = server::Method::get,
          .path = "/v1/status",
          .content_types = {},
          .handler = [this](const server::Request&) -> asio::awaitable<server::Response> {
            std::string body = co_await asio::co_spawn(
                blocking_, [this]() -> asio::awaitable<std::string> { co_return status_json(); },
                asio::use_awaitable);
            co_return server::Response{.content_type = "application/json", .body = std::move(body)};
          }};
}

std::expected<void, std::string> Node::listen() {
  const settings::Node& node = foundation_->settings.node;
  const server::Surroundings surroundings{directory_, denials_, *log_, metrics_};
  if (node.listen) {
    auto tls = trust::make_server_context(tls_files(node.identity));
    if (!tls) return std::unexpected(record::to_string(tls.error()));
    std::vector<server::Route> routes{health_route()};
    if (node.listen->metrics) routes.push_back(server::metrics_route(metrics_));
    routes.push_back(
        {.method = server::Method::post,
         .path = "/v1/datasets/{dataset}/records",
         .content_types = {},
         .handler = [this](const server::Request& request) { return endpoint_->handle(request); }});
    take_from_other_nodes();
    if (batches_) {
      std::ranges::move(batches_->routes(), std::back_inserter(routes));
      std::ranges::move(digests_->routes(), std::back_inserter(routes));
    }
    auto api = server::HttpServer::listen(context_, *node.listen, std::move(*tls),
                                          server::Router(std::move(routes)), surroundings);
    if (!api) return std::unexpected(record::to_string(api.error()));
    api_ = std::move(*api);
  }
  std::vector<server::Route> routes{health_route(), server::metrics_route(metrics_),
                                    status_route()};
  std::ranges::move(jobs_->routes(blocking_), std::back_inserter(routes));
  auto control = server::HttpServer::listen_locally(
      context_, node.control_socket, node.listen.value_or(server::Listen{}),
      server::Router(std::move(routes)), surroundings);
  if (!control) return std::unexpected(record::to_string(control.error()));
  control_ = std::move(*control);
  return {};
}

std::expected<void, std::string> Node::start_jobs(const std::filesystem::path& command,
                                                  const std::filesystem::path& configuration) {
  std::set<record::BureauId> own;
  for (const auto& [id, stream] : streams_)
    own.insert(id);
  auto jobs = ScheduledJobs::start(own, {*foundation_, command, configuration, *log_, metrics_});
  if (!jobs) return std::unexpected(jobs.error());
  jobs_ = std::move(*jobs);
  return {};
}

void Node::watch_drop_folders(const std::filesystem::path& command,
                              const std::filesystem::path& configuration) {
  for (const auto& [id, bureau] : foundation_->settings.bureaus) {
    if (!bureau.disk || bureau.disk->drop_folder.empty() || !streams_.contains(id)) continue;
    std::vector<record::DatasetId> datasets;
    for (const auto& publication : bureau.publishes) {
      if (publishes_by(publication, record::Mode::disk)) datasets.push_back(publication.dataset);
    }
    watches_.push_back(std::make_unique<jobs::DropFolderWatch>(
        jobs::DropFolderWatch::Watched{id, bureau.disk->drop_folder, std::move(datasets)}, command,
        configuration, *log_));
  }
}

std::string Node::status_json() {
  const settings::Node& node = foundation_->settings.node;
  boost::json::array streams;
  for (const auto& [id, stream] : streams_) {
    const auto status = stream->status();
    if (status) {
      boost::json::object object = to_json(*status);
      object["link"] = to_json(stream->link(), stream->is_stopped());
      streams.push_back(std::move(object));
    } else {
      streams.push_back({{"bureau", id.str()}, {"error", record::to_string(status.error())}});
    }
  }
  boost::json::object object{{"node", node.name.str()},
                             {"version", SLUICE_VERSION},
                             {"started_at", record::to_string(started_at_)},
                             {"now", record::to_string(foundation::system_now())},
                             {"streams", streams}};
  if (api_) object["port"] = api_->port();
  if (node.uplink) {
    boost::json::array addresses;
    for (const auto& address : node.uplink->addresses)
      addresses.emplace_back(fmt::format("{}:{}", address.host, address.port));
    object["uplink"] = std::move(addresses);
  }
  return boost::json::serialize(object);
}

std::expected<void, trust::TlsFailure> Node::reload_certificates() {
  if (api_) {
    auto tls = trust::make_server_context(tls_files(foundation_->settings.node.identity));
    if (!tls) return std::unexpected(tls.error());
    api_->reload(std::move(*tls));
  }
  return uplink_identity_ ? uplink_identity_->reload() : std::expected<void, trust::TlsFailure>();
}

void Node::reload() {
  notifier_.reloading();
  if (const auto reloaded = reload_certificates()) {
    log_->info("certificates-reloaded");
  } else {
    log_->error("certificates-not-reloaded", {{"reason", record::to_string(reloaded.error())}});
  }
  notifier_.ready("serving");
}

asio::awaitable<void> Node::obey_signals() {
  asio::signal_set signals(co_await asio::this_coro::executor, SIGTERM, SIGINT, SIGHUP);
  while (true) {
    const int signal = co_await signals.async_wait(asio::use_awaitable);
    if (signal != SIGHUP) break;
    reload();
  }
  notifier_.stopping();
  log_->info("stopping");
  // All of them first: each may take its grace to end.
  jobs_->ask_to_stop();
  for (const auto& watch : watches_)
    watch->ask_to_stop();
  watches_.clear();
  if (api_) co_await api_->stop(stop_grace);
  if (control_) co_await control_->stop(stop_grace);
  // Its runs are ended, and go on where they were the next time.
  jobs_.reset();
  context_.stop();
}

asio::awaitable<void> Node::stay_alive() {
  const auto interval = notifier_.watchdog_interval();
  if (!interval) co_return;
  asio::steady_timer timer(co_await asio::this_coro::executor);
  while (true) {
    notifier_.alive();
    timer.expires_after(*interval);
    co_await timer.async_wait(asio::use_awaitable);
  }
}

void Node::run() {
  asio::co_spawn(context_, obey_signals(), asio::detached);
  asio::co_spawn(context_, stay_alive(), asio::detached);
  log_->info("ready", {{"node", foundation_->settings.node.name.str()},
                       {"version", SLUICE_VERSION},
                       {"port", port()},
                       {"control", foundation_->settings.node.control_socket.string()}});
  notifier_.ready("serving");
  context_.run();
}

}  // namespace sluice::node

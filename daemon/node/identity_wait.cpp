#include "node/identity_wait.h"

#include <csignal>
#include <cstdlib>
#include <optional>
#include <utility>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "api/health.h"
#include "api/status_endpoint.h"
#include "installation/installation.h"
#include "installation/sole_daemon.h"
#include "installation/system_clock.h"
#include "node/watchdog.h"
#include "observe/log.h"
#include "observe/metrics.h"
#include "observe/notify.h"
#include "record/try.h"
#include "server/http_server.h"
#include "settings/load.h"
#include "trust/denials.h"
#include "trust/directory.h"

namespace sluice::node {
namespace {

namespace asio = boost::asio;

constexpr std::chrono::seconds look_for_files{1};
constexpr std::chrono::seconds grace_of_calls{2};
constexpr std::chrono::minutes longest_start{15};  // TimeoutStartSec of sluiced.service

std::vector<std::string> missing_files(const settings::Identity& identity) {
  std::vector<std::string> missing;
  for (const auto& file :
       {identity.certificate, identity.key, identity.authorities, identity.revocations}) {
    std::error_code ignored;  // what can not be looked at is not there for us
    if (file.empty() || std::filesystem::is_regular_file(file, ignored)) continue;
    missing.push_back(file.string());
  }
  return missing;
}

// Nothing: the files are there and belong together.
std::optional<std::string> why_still_waiting(const std::filesystem::path& configuration) {
  const auto node = settings::load_node(configuration);
  if (!node) return "node.yaml is not good any more: " + to_string(node.error().front());
  if (const auto missing = missing_files(node->identity); !missing.empty()) {
    return fmt::format(
        "this node waits for its certificate, and takes nothing until it is there: {} missing "
        "({}); docs/pki.md says how to have {} made",
        missing.size() == 1 ? "a file is" : "files are", fmt::join(missing, ", "),
        missing.size() == 1 ? "it" : "them");
  }
  const auto credentials = installation::load_credentials(node->identity);
  if (credentials) return std::nullopt;
  return fmt::format(
      "this node waits for its certificate, and the files that are there can not be "
      "used: {}",
      record::to_string(credentials.error()));
}

class IdentityWait {
 public:
  IdentityWait(std::filesystem::path configuration, settings::Settings settings,
               installation::SoleDaemon sole, trust::AuditLog audit)
      : configuration_(std::move(configuration)),
        settings_(std::move(settings)),
        sole_(std::move(sole)),
        audit_(std::move(audit)),
        log_(observe::open_log(settings_.node.log, "sluiced")),
        denials_(audit_,
                 [this](const trust::AuditFailure& failure) {
                   log_->write<"audit-not-written">({{"reason", record::to_string(failure)}});
                 }),
        notifier_(std::getenv("NOTIFY_SOCKET"), std::getenv("WATCHDOG_USEC")),
        started_at_(installation::system_now()) {}

  std::expected<WaitEnd, std::string> run() {
    why_ = why_still_waiting(configuration_);
    if (!why_) return WaitEnd::complete;
    metrics_.signing().Set(0);
    SLUICE_TRY(listen());
    tell();
    notifier_.ready(*why_);
    asio::co_spawn(context_, obey_signals(), asio::detached);
    asio::co_spawn(context_, look_on(), asio::detached);
    asio::co_spawn(context_, answer_watchdog(notifier_), asio::detached);
    context_.run();
    measuring_.join();
    blocking_.join();
    // What begins now answers no watchdog until it serves.
    if (notifier_.watchdog_interval()) notifier_.expect_within(longest_start);
    return end_;
  }

 private:
  std::expected<void, std::string> listen() {
    std::vector<server::Route> routes;
    routes.push_back(api::health_route([this] { return api::Health{false, *why_}; }));
    routes.push_back(api::metrics_route(metrics_, measuring_));
    routes.push_back(api::status_route(policy_, blocking_, [this] { return status(); }));
    auto listening = server::HttpServer::listen_locally(
        context_, settings_.node.control_socket,
        {server::Router(std::move(routes)), server::Listen{}, directory_, server::operators()},
        {denials_, *log_, metrics_});
    if (!listening) return std::unexpected(record::to_string(listening.error()));
    control_ = std::move(*listening);
    return {};
  }

  // On another thread, and so of what it finds itself.
  api::NodeStatus status() const {
    api::NodeStatus status{
        .name = settings_.node.name, .started_at = started_at_, .now = installation::system_now()};
    status.not_signing = why_still_waiting(configuration_);
    return status;
  }

  void tell() { log_->write<"certificate-awaited">({{"reason", *why_}}); }

  // Whether there is nothing left to wait for.
  bool look() {
    auto why = why_still_waiting(configuration_);
    if (!why) return true;
    // Twice the same: not of a file that is being copied.
    const bool is_settled = why == seen_;
    seen_ = why;
    if (is_settled && why != why_) {
      why_ = std::move(why);
      tell();
      notifier_.status(*why_);
    }
    return false;
  }

  asio::awaitable<void> look_on() {
    while (!look()) {
      timer_.expires_after(look_for_files);
      boost::system::error_code woken;  // by a signal, which is no error
      co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    }
    co_await stop(WaitEnd::complete);
  }

  asio::awaitable<void> obey_signals() {
    while (true) {
      const int signal = co_await signals_.async_wait(asio::use_awaitable);
      if (signal != SIGHUP) break;
      notifier_.reloading();
      timer_.cancel();
      notifier_.ready(*why_);
    }
    notifier_.stopping("ending; nothing was taken in yet");
    log_->write<"stopping">();
    co_await stop(WaitEnd::stopped);
  }

  asio::awaitable<void> stop(WaitEnd end) {
    if (end == WaitEnd::stopped) end_ = end;  // also where the files have just come
    if (is_stopping_) co_return;
    is_stopping_ = true;
    end_ = end;
    co_await control_->stop(grace_of_calls);
    context_.stop();
  }

  // All on the context's one thread, but for what a status finds.
  const std::filesystem::path configuration_;
  settings::Settings settings_;
  installation::SoleDaemon sole_;
  trust::AuditLog audit_;
  std::unique_ptr<observe::Log> log_;
  observe::Metrics metrics_;
  trust::Denials denials_;
  trust::Directory directory_;
  trust::Policy policy_;
  observe::ServiceNotifier notifier_;
  record::Time started_at_;
  asio::thread_pool blocking_{1};
  api::Measuring measuring_{{[] { return [] {}; }, [] {}}};
  asio::io_context context_;
  // Before anybody is told that it is ready: one who puts files in place reloads at once.
  asio::signal_set signals_{context_, SIGTERM, SIGINT, SIGHUP};
  asio::steady_timer timer_{context_};
  std::optional<server::HttpServer> control_;
  std::optional<std::string> why_;   // as it was told last
  std::optional<std::string> seen_;  // by the last look
  bool is_stopping_ = false;
  WaitEnd end_ = WaitEnd::stopped;
};

}  // namespace

std::expected<WaitEnd, std::string> await_identity(const std::filesystem::path& configuration) {
  auto settings = installation::load_settings(configuration);
  if (!settings || settings->node.identity.missing.empty()) return WaitEnd::complete;
  const installation::Paths paths(settings->node.state_directory);
  if (std::filesystem::exists(paths.unfinished_restore())) return WaitEnd::complete;
  SLUICE_TRY(installation::make_directories(paths));
  auto sole = installation::SoleDaemon::take(paths);
  if (!sole) return std::unexpected(std::move(sole.error().sentence));
  auto audit = installation::open_audit_log(*settings);
  if (!audit) return std::unexpected(record::to_string(audit.error()));
  auto end =
      IdentityWait(configuration, std::move(*settings), std::move(*sole), std::move(*audit)).run();
  // Who puts files in place and says so must not end a node that is about to begin with them.
  std::signal(SIGHUP, SIG_IGN);
  return end;
}

}  // namespace sluice::node

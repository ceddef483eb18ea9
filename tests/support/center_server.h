// A center that other nodes can call, on loopback: the node "front-1" may bring the batches of the
// bureaus "park" and "quality", "front-2" those of none.
#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "api/batches_endpoint.h"
#include "api/checkpoints_endpoint.h"
#include "api/digests_endpoint.h"
#include "api/quarantine_endpoint.h"
#include "edges/sqlite/sqlite_kept_reports.h"
#include "link/bandwidth.h"
#include "link/https/https_link.h"
#include "link/https/protocol.h"
#include "support/audited_text.h"
#include "support/center_builder.h"
#include "support/no_target.h"
#include "support/running_server.h"

namespace sluice::api::test {

using exchange::Reception;
using exchange::ReceptionFailure;
using exchange::ReceptionPool;
using exchange::test::Center;

class CenterServer {
 public:
  CenterServer() { restart(); }
  ~CenterServer() { server_.reset(); }

  Center center;
  std::atomic<int> puts = 0;                // batches that arrived whole
  std::atomic<unsigned> protocol_told = 0;  // by who brought the last of them
  // While it is set, batches that have arrived wait with their answer.
  std::atomic<bool> is_held = false;

  bool takes_reports = true;  // of quarantines; heeded by restart()
  // While it is set, the first of them that is to be kept waits, and the others behind it.
  std::atomic<bool> is_keeping_held = false;

  // What it has kept of them.
  [[nodiscard]] std::vector<edges::KeptReport> reports() {
    return edges::open_sqlite(reports_)->all().value();
  }
  [[nodiscard]] observe::Metrics& metrics() { return metrics_; }
  // As a center that begins anew recalls them: done when it returns.
  void recall(const std::set<record::BureauId>& bureaus, observe::Metrics& metrics) {
    QuarantineEndpoint endpoint({{policy_, *denials_, log_},
                                 [this] { return open_reports(); },
                                 metrics,
                                 [this] { return center.now; }});
    endpoint.recall(bureaus);
    endpoint.join();
  }

  // Ends all connections; the port is another one afterwards, the certificates stay.
  void restart() {
    server_.reset();
    pool_.reset();
    lookups_.reset();
    const auto open = [this]() -> std::expected<std::unique_ptr<Reception>, ReceptionFailure> {
      return std::make_unique<Reception>(center.reception());
    };
    pool_ = std::make_unique<ReceptionPool>(2, open);
    lookups_ = std::make_unique<ReceptionPool>(1, open);
    endpoint_ = std::make_unique<BatchesEndpoint>(
        BatchesEndpoint::Surroundings{{policy_, *denials_, log_}, *pool_, *lookups_});
    checkpoints_ = std::make_unique<CheckpointsEndpoint>(
        CheckpointsEndpoint::Surroundings{{policy_, *denials_, log_}, *lookups_});
    digests_ = std::make_unique<DigestsEndpoint>(DigestsEndpoint::Surroundings{
        policy_, center.catalogue, *pool_, *lookups_, *denials_, log_});
    quarantines_ = std::make_unique<QuarantineEndpoint>(
        QuarantineEndpoint::Surroundings{{policy_, *denials_, log_},
                                         [this] { return open_reports(); },
                                         metrics_,
                                         [this] { return center.now; }});
    sluice::test::ServerOptions options;
    options.check_revocations = true;
    for (server::Route& route : endpoint_->routes())
      options.routes.push_back(watched(std::move(route)));
    for (server::Route& route : checkpoints_->routes())
      options.routes.push_back(std::move(route));
    for (server::Route& route : digests_->routes())
      options.routes.push_back(std::move(route));
    if (takes_reports) {
      for (server::Route& route : quarantines_->routes())
        options.routes.push_back(std::move(route));
    }
    server_ = std::make_unique<sluice::test::RunningServer>(std::move(options));
    identity_.reset();
  }

  [[nodiscard]] sluice::test::RunningServer& server() { return *server_; }
  // Where batches are applied.
  [[nodiscard]] ReceptionPool& receptions() { return *pool_; }
  [[nodiscard]] trust::TlsFiles files_of(const std::string& name) {
    const auto issued = server_->authority().issue(name);
    return {issued.certificate, issued.key, server_->authority().authorities(),
            server_->authority().revocations()};
  }
  [[nodiscard]] sluice::test::RawClient client(const std::string& name) {
    return {server_->port(), server_->authority().issue(name), server_->authority().authorities()};
  }

  [[nodiscard]] link::Uplink uplink() const {
    link::Uplink uplink;
    uplink.addresses = {{"127.0.0.1", server_->port()}};
    uplink.center_signers = {center.signer.subject()};
    return uplink;
  }
  [[nodiscard]] link::UplinkIdentity& identity() {
    if (!identity_) identity_ = link::UplinkIdentity::load(files_of("front-1")).value();
    return *identity_;
  }
  [[nodiscard]] std::unique_ptr<link::Link> connect() { return connect(uplink()); }
  [[nodiscard]] std::unique_ptr<link::Link> connect(link::Uplink uplink) {
    return std::make_unique<link::HttpsLink>(std::move(uplink), identity(), bandwidth_);
  }

  // All lines of the audit log; nothing more is noted afterwards.
  [[nodiscard]] std::string audited() {
    server_.reset();
    endpoint_.reset();
    quarantines_.reset();
    denials_.reset();
    return sluice::test::audited_text(directory_ / "audit");
  }

 private:
  server::Route watched(server::Route route) {
    if (route.method != server::Method::put) return route;
    route.handler =
        [this, handler = std::move(route.handler)](
            const server::Request& request) -> boost::asio::awaitable<server::Response> {
      ++puts;
      protocol_told = link::told_protocol(request.header(link::protocol_header).value_or(""));
      boost::asio::steady_timer pause(co_await boost::asio::this_coro::executor);
      while (is_held) {
        pause.expires_after(std::chrono::milliseconds(2));
        co_await pause.async_wait(boost::asio::use_awaitable);
      }
      co_return co_await handler(request);
    };
    return route;
  }

  edges::Result<std::unique_ptr<edges::KeptReports>> open_reports() {
    is_keeping_held.wait(true);
    if (center.is_store_available) return edges::open_sqlite(reports_);
    return std::unexpected(
        edges::KeepingFailure{edges::KeepingProblem::unavailable, "store", "no connection"});
  }

  record::test::TemporaryDirectory directory_;
  std::filesystem::path reports_ = directory_ / "edges.sqlite";
  observe::Metrics metrics_;
  trust::AuditLog audit_ =
      trust::AuditLog::open(directory_ / "audit", [this] { return center.now; }).value();
  std::unique_ptr<trust::Denials> denials_ =
      std::make_unique<trust::Denials>(audit_, [](const trust::AuditFailure&) {});
  observe::Log log_{observe::Log::Level::error, std::make_unique<sluice::test::NoTarget>()};
  link::Bandwidth bandwidth_{std::nullopt};
  const trust::Policy policy_{
      {}, {{record::NodeId("front-1"), {record::BureauId("park"), record::BureauId("quality")}}}};
  std::unique_ptr<ReceptionPool> pool_;
  std::unique_ptr<ReceptionPool> lookups_;
  std::unique_ptr<BatchesEndpoint> endpoint_;
  std::unique_ptr<CheckpointsEndpoint> checkpoints_;
  std::unique_ptr<DigestsEndpoint> digests_;
  std::unique_ptr<QuarantineEndpoint> quarantines_;
  std::unique_ptr<sluice::test::RunningServer> server_;
  std::unique_ptr<link::UplinkIdentity> identity_;
};

}  // namespace sluice::api::test

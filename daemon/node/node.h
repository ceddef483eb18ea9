// The daemon, put together from what its configuration has: streams, the HTTPS API, the control
// socket, the watched drop folders.
#pragma once

#include <expected>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>

#include "adapters/direct/records_endpoint.h"
#include "exchange/batches_endpoint.h"
#include "exchange/digests_endpoint.h"
#include "exchange/reception_pool.h"
#include "foundation/foundation.h"
#include "jobs/drop_folder_watch.h"
#include "link/bandwidth.h"
#include "link/uplink_identity.h"
#include "node/scheduled_jobs.h"
#include "node/stream.h"
#include "observe/log.h"
#include "observe/metrics.h"
#include "observe/notify.h"
#include "server/http_server.h"
#include "trust/audit_log.h"
#include "trust/denials.h"
#include "trust/directory.h"

namespace sluice::node {

class Node {
 public:
  // `command` is the sluice program that jobs run, `configuration` the directory they are given.
  [[nodiscard]] static std::expected<std::unique_ptr<Node>, std::string> start(
      std::unique_ptr<foundation::Foundation> foundation, const std::filesystem::path& command,
      const std::filesystem::path& configuration);
  ~Node();

  // Serves until SIGTERM or SIGINT; SIGHUP reads the certificates again.
  void run();

  [[nodiscard]] std::uint16_t port() const { return api_ ? api_->port() : 0; }

 private:
  explicit Node(std::unique_ptr<foundation::Foundation> foundation,
                std::unique_ptr<observe::Log> log, trust::AuditLog audit);
  [[nodiscard]] std::expected<void, std::string> open_streams();
  [[nodiscard]] std::expected<void, std::string> make_uplink();
  [[nodiscard]] std::expected<void, std::string> make_endpoint();
  void take_from_other_nodes();
  [[nodiscard]] std::expected<void, std::string> listen();
  [[nodiscard]] std::expected<void, std::string> start_jobs(
      const std::filesystem::path& command, const std::filesystem::path& configuration);
  void watch_drop_folders(const std::filesystem::path& command,
                          const std::filesystem::path& configuration);
  [[nodiscard]] server::Route health_route() const;
  [[nodiscard]] server::Route status_route();
  [[nodiscard]] std::string status_json();
  [[nodiscard]] std::expected<void, trust::TlsFailure> reload_certificates();
  void reload();
  [[nodiscard]] boost::asio::awaitable<void> obey_signals();
  [[nodiscard]] boost::asio::awaitable<void> stay_alive();

  std::unique_ptr<foundation::Foundation> foundation_;
  std::unique_ptr<observe::Log> log_;
  observe::Metrics metrics_;
  trust::AuditLog audit_;
  trust::Denials denials_;
  trust::Directory directory_;
  observe::ServiceNotifier notifier_;
  record::Time started_at_;
  exchange::Reception::Signatories signatories_;
  std::unique_ptr<link::UplinkIdentity> uplink_identity_;
  link::Bandwidth bandwidth_;
  std::map<record::BureauId, std::unique_ptr<Stream>> streams_;
  std::unique_ptr<adapters::direct::RecordsEndpoint> endpoint_;
  std::vector<std::unique_ptr<jobs::DropFolderWatch>> watches_;
  std::unique_ptr<ScheduledJobs> jobs_;
  boost::asio::io_context context_{1};  // run by one thread
  // Where what blocks is done for handlers of the control socket.
  boost::asio::thread_pool blocking_{1};
  std::unique_ptr<exchange::ReceptionPool> receptions_;
  std::unique_ptr<exchange::ReceptionPool> comparisons_;
  std::unique_ptr<exchange::BatchesEndpoint> batches_;
  std::unique_ptr<exchange::DigestsEndpoint> digests_;
  std::optional<server::HttpServer> api_;
  std::optional<server::HttpServer> control_;
};

}  // namespace sluice::node

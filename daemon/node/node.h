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
#include <boost/asio/signal_set.hpp>
#include <boost/asio/thread_pool.hpp>

#include "api/health.h"
#include "api/jobs_endpoint.h"
#include "api/measuring.h"
#include "api/outcomes_endpoint.h"
#include "api/records_endpoint.h"
#include "api/status_endpoint.h"
#include "api/tasks_endpoint.h"
#include "installation/installation.h"
#include "installation/sole_daemon.h"
#include "jobs/confined_csv.h"
#include "link/bandwidth.h"
#include "link/https/uplink_identity.h"
#include "node/center.h"
#include "node/certificates.h"
#include "node/checkpointing.h"
#include "node/desks.h"
#include "node/edge_look.h"
#include "node/edge_reports.h"
#include "node/figures.h"
#include "node/head_signing.h"
#include "node/held_look.h"
#include "node/room_watch.h"
#include "node/schema_watch.h"
#include "node/service_status.h"
#include "node/stream.h"
#include "node/task_look.h"
#include "observe/log.h"
#include "observe/metrics.h"
#include "observe/notify.h"
#include "pages/site.h"
#include "runs/drop_folder_watch.h"
#include "runs/scheduler.h"
#include "server/http_server.h"
#include "trust/audit_log.h"
#include "trust/denials.h"
#include "trust/directory.h"
#include "trust/list_dates.h"
#include "trust/policy.h"

namespace sluice::node {

class Node {
 public:
  // `command` is the sluice program that jobs run, `configuration` the directory they are given.
  [[nodiscard]] static std::expected<std::unique_ptr<Node>, std::string> start(
      std::unique_ptr<installation::Installation> installation,
      const std::filesystem::path& command, const std::filesystem::path& configuration);
  ~Node();

  // Serves until SIGTERM or SIGINT; SIGHUP reads certificates, keys and
  // revocation lists again, and so does a change of theirs.
  void run();

  [[nodiscard]] std::uint16_t port() const { return api_ ? api_->port() : 0; }

 private:
  Node(installation::SoleDaemon sole, std::unique_ptr<installation::Installation> installation,
       std::unique_ptr<observe::Log> log, trust::AuditLog audit,
       const std::filesystem::path& command);
  [[nodiscard]] std::expected<void, std::string> find_store();
  [[nodiscard]] std::expected<void, std::string> open_streams();
  void report_streams();
  void make_checkpoints();
  [[nodiscard]] std::expected<void, std::string> make_uplink();
  [[nodiscard]] std::expected<void, std::string> take_records();
  [[nodiscard]] std::expected<void, std::string> take_forms();
  [[nodiscard]] std::expected<void, std::string> listen();
  void look_at_tasks(const installation::TasksOpener& open_tasks);
  [[nodiscard]] std::expected<void, std::string> listen_to_bureaus(
      const installation::TasksOpener& open_tasks);
  [[nodiscard]] std::expected<void, std::string> listen_to_operators();
  [[nodiscard]] std::expected<void, std::string> listen_to_people(
      const installation::TasksOpener& open_tasks);
  // Why nothing of a dataset is to be taken in.
  [[nodiscard]] std::optional<std::string> schema_conflict(const record::DatasetId& dataset) const {
    return schemas_ ? schemas_->conflict(dataset) : std::nullopt;
  }
  // Why a bureau's runs and files must wait. Refers to its stream.
  [[nodiscard]] runs::HoldBack hold_back_of(const record::BureauId& bureau);
  [[nodiscard]] std::expected<void, std::string> start_jobs(
      const std::filesystem::path& command, const std::filesystem::path& configuration);
  void watch_drop_folders(const std::filesystem::path& command,
                          const std::filesystem::path& configuration);
  void watch_room();
  void sign_audit_log();
  // What a center's holding tells.
  [[nodiscard]] exchange::Holding::Events holding_events();
  void look_after_held();
  // Any bureau may ask how the node is: a reason, which may name paths, addresses and other
  // bureaus' troubles, is for the operators.
  enum class HealthFor { bureaus, operators };
  [[nodiscard]] api::Health health(HealthFor whom) const;
  [[nodiscard]] api::NodeStatus status();
  // What may keep the node from serving, without what lies in the journals: does not block.
  [[nodiscard]] api::NodeStatus status_at_hand() const;
  void add_certificates(api::NodeStatus& status) const;
  void reload();
  [[nodiscard]] boost::asio::awaitable<void> obey(boost::asio::signal_set& signals);
  [[nodiscard]] boost::asio::awaitable<void> keep_certificates();

  // What all the rest refers to.
  installation::SoleDaemon sole_;
  std::unique_ptr<installation::Installation> installation_;
  std::unique_ptr<observe::Log> log_;
  observe::Metrics metrics_;
  trust::AuditLog audit_;
  std::optional<HeadSigning> head_signing_;  // signs what the denials still write, too
  trust::Denials denials_;
  trust::Directory directory_;
  trust::Policy policy_;
  exchange::Reception::Signatories signatories_;
  exchange::Holding holding_;
  Certificates certificates_;
  observe::ServiceNotifier notifier_;
  record::Time started_at_;
  mutable trust::KnownLists known_lists_;
  // What streams send by.
  std::unique_ptr<link::UplinkIdentity> uplink_identity_;
  link::Bandwidth bandwidth_;

  // Of a node with a store. What is made of its ledger is told by whoever signs receipts.
  std::shared_ptr<exchange::NewestCheckpoint> newest_checkpoint_ =
      std::make_shared<exchange::NewestCheckpoint>();
  std::optional<Checkpointing> checkpointing_;
  std::optional<SchemaWatch> schemas_;

  // What work is done by. Their threads post to `context_`, so the destructor ends them first.
  std::map<record::BureauId, std::unique_ptr<Stream>> streams_;
  // Of those that should begin here and do not, since the journal is not what it was.
  std::map<record::BureauId, journal::JournalFailure> refused_;
  std::optional<EdgeReports> edge_reports_;  // of a node with an uplink
  Desks desks_;
  jobs::ConfinedCsv csv_;
  std::optional<Center> center_;
  std::unique_ptr<runs::Scheduler> scheduler_;
  std::vector<std::unique_ptr<runs::DropFolderWatch>> watches_;
  boost::asio::thread_pool blocking_{1};     // for what operators ask that blocks
  boost::asio::thread_pool task_calls_{2};   // for what bureaus have keyed
  boost::asio::thread_pool large_calls_{2};  // for bodies that take long to read

  std::optional<RoomWatch> room_watch_;
  std::optional<ServiceStatus> service_status_;  // where systemd wants to know
  // Of a node with a store.
  std::unique_ptr<HeldLook> held_look_;
  std::unique_ptr<EdgeLook> edge_look_;  // of one that other nodes bring batches to
  std::unique_ptr<TaskLook> task_look_;
  Figures figures_;
  api::Measuring measuring_;

  // What callers reach.
  std::unique_ptr<api::RecordsEndpoint> records_;
  std::optional<api::OutcomesEndpoint> outcomes_;
  std::optional<api::TasksEndpoint> tasks_;
  std::optional<api::JobsEndpoint> jobs_;
  std::optional<pages::Site> site_;
  // Run by one thread. Handlers that are left when it stops refer to all above, and go before it.
  boost::asio::io_context context_{1};
  std::optional<server::HttpServer> api_;
  std::optional<server::HttpServer> pages_;
  std::optional<server::HttpServer> control_;
};

}  // namespace sluice::node

// The daemon: what lives as long as the process does, and puts together from its configuration what
// that makes of it (generation.h): the listeners with their connections, what runs, log and
// metrics.
#pragma once

#include <expected>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>

#include "api/health.h"
#include "api/status_endpoint.h"
#include "exchange/checkpoint_maker.h"
#include "exchange/holding.h"
#include "installation/installation.h"
#include "installation/sole_daemon.h"
#include "jobs/confined_csv.h"
#include "journal/group_commit.h"
#include "link/https/uplink_identity.h"
#include "node/certificates.h"
#include "node/generation.h"
#include "node/head_signing.h"
#include "node/service_status.h"
#include "observe/log.h"
#include "observe/metrics.h"
#include "observe/notify.h"
#include "runs/drop_folder_watch.h"
#include "runs/scheduler.h"
#include "server/http_server.h"
#include "threads/slots.h"
#include "trust/audit_log.h"
#include "trust/denials.h"

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
  // Where it finds the program that jobs run, and what that is given to read.
  struct Programs {
    std::filesystem::path command;
    std::filesystem::path configuration;
  };
  Node(installation::SoleDaemon sole, const installation::Installation& installation,
       std::unique_ptr<observe::Log> log, trust::AuditLog audit, Programs programs);
  [[nodiscard]] std::expected<void, std::string> make_uplink(const settings::Node& settings);
  [[nodiscard]] Generation::Surroundings of_generations();
  // The one that serves. Any thread.
  [[nodiscard]] std::shared_ptr<Generation> generation() const;
  [[nodiscard]] std::expected<void, std::string> listen();
  [[nodiscard]] std::expected<void, std::string> listen_to_bureaus(const server::Listen& listen);
  [[nodiscard]] std::expected<void, std::string> listen_to_operators();
  [[nodiscard]] std::expected<void, std::string> listen_to_people(const settings::Pages& pages);
  [[nodiscard]] server::Surroundings of_listeners();
  // Why a bureau's runs and files must wait.
  [[nodiscard]] runs::HoldBack hold_back_of(const record::BureauId& bureau);
  [[nodiscard]] std::expected<void, std::string> start_jobs();
  void watch_drop_folders();
  // What a center's holding tells.
  [[nodiscard]] exchange::Holding::Events holding_events();
  [[nodiscard]] api::Health health() const;
  [[nodiscard]] api::NodeStatus status();
  // Sets the metrics of what lies in the journals: reads them.
  void measure_journals();
  void measure_disk();
  void reload();
  [[nodiscard]] boost::asio::awaitable<void> obey_signals();
  [[nodiscard]] boost::asio::awaitable<void> keep_certificates();
  [[nodiscard]] boost::asio::awaitable<void> stay_alive();

  // What all the rest refers to.
  installation::SoleDaemon sole_;
  const Programs programs_;
  std::shared_ptr<record::Keyring> keyring_;
  std::shared_ptr<files::StateDisk> disk_;
  std::unique_ptr<observe::Log> log_;
  observe::Metrics metrics_;
  trust::AuditLog audit_;
  std::optional<HeadSigning> head_signing_;  // signs what the denials still write, too
  trust::Denials denials_;
  exchange::Holding holding_;
  Certificates certificates_;
  observe::ServiceNotifier notifier_;
  record::Time started_at_;
  std::unique_ptr<link::UplinkIdentity> uplink_identity_;  // of a node with an uplink
  // Of a node with a store. What is made of its ledger is told by whoever signs receipts.
  std::shared_ptr<exchange::NewestCheckpoint> newest_checkpoint_ =
      std::make_shared<exchange::NewestCheckpoint>();
  std::shared_ptr<journal::WaitingMemory> waiting_ = std::make_shared<journal::WaitingMemory>();
  std::shared_ptr<threads::Slots> applying_;
  jobs::ConfinedCsv csv_;

  // What runs. Asks the generation that serves why it must wait.
  std::unique_ptr<runs::Scheduler> scheduler_;
  std::map<record::BureauId, std::unique_ptr<runs::DropFolderWatch>> watches_;
  boost::asio::thread_pool blocking_{1};         // for what operators ask that blocks
  boost::asio::thread_pool task_calls_{2};       // for what bureaus have keyed
  boost::asio::thread_pool large_calls_{2};      // for bodies that take long to read
  std::optional<ServiceStatus> service_status_;  // where systemd wants to know

  mutable std::mutex mutex_;
  std::shared_ptr<Generation> generation_;  // guarded by mutex_; there from start() on

  // Run by one thread. Handlers that are left when it stops refer to all above, and go before it.
  boost::asio::io_context context_{1};
  std::optional<server::HttpServer> api_;
  std::optional<server::HttpServer> pages_;
  std::optional<server::HttpServer> control_;
};

}  // namespace sluice::node

// The daemon: what lives as long as the process does, and puts together from its configuration what
// that makes of it (generation.h): the listeners with their connections, what runs, log and
// metrics.
#pragma once

#include <atomic>
#include <csignal>
#include <expected>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>

#include "adapters/direct/idempotency.h"
#include "api/health.h"
#include "api/measuring.h"
#include "api/node_status.h"
#include "api/reload_endpoint.h"
#include "entry/running_drafts.h"
#include "exchange/checkpoint_maker.h"
#include "exchange/holding.h"
#include "installation/installation.h"
#include "installation/sole_daemon.h"
#include "jobs/confined_csv.h"
#include "journal/group_commit.h"
#include "link/https/uplink_identity.h"
#include "node/certificates.h"
#include "node/figures.h"
#include "node/generation.h"
#include "node/head_signing.h"
#include "node/service_status.h"
#include "observe/log.h"
#include "observe/metrics.h"
#include "observe/notify.h"
#include "people/sign_in.h"
#include "runs/drop_folder_watch.h"
#include "runs/folder_turns.h"
#include "runs/scheduler.h"
#include "server/http_server.h"
#include "threads/slots.h"
#include "trust/audit_log.h"
#include "trust/denials.h"
#include "trust/list_dates.h"

namespace sluice::node {

class Node {
 public:
  // `command` is the sluice program that jobs run, `configuration` the directory they are given.
  [[nodiscard]] static std::expected<std::unique_ptr<Node>, std::string> start(
      std::unique_ptr<installation::Installation> installation,
      const std::filesystem::path& command, const std::filesystem::path& configuration);
  ~Node();

  // Serves until SIGTERM or SIGINT. SIGHUP reads the configuration again, and the certificates,
  // keys and revocation lists that have changed, as it does by itself.
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
  // Why nothing may run until a restart.
  [[nodiscard]] std::optional<std::string> restart_first() const;
  // Why a bureau's runs and files must wait.
  [[nodiscard]] runs::HoldBack hold_back_of(const record::BureauId& bureau);
  // What runs by a schedule.
  [[nodiscard]] runs::Scheduler::Plan plan_of(const Generation& generation);
  // Those of the generation that serves, and no others.
  void watch_drop_folders();
  // What a center's holding tells.
  [[nodiscard]] exchange::Holding::Events holding_events();
  [[nodiscard]] api::Health health(api::HealthFor whom) const;
  [[nodiscard]] api::NodeStatus status();
  // What may keep the node from serving, without what lies in the journals: does not block.
  [[nodiscard]] api::NodeStatus status_at_hand(const Generation& generation) const;
  void add_certificates(api::NodeStatus& status, const settings::Node& node) const;
  // The figures that lie in journals and on the disk: reads them.
  [[nodiscard]] std::function<void()> measure();
  // Of bureaus that are gone, what is shown all the same: whoever counted for them may have ended
  // after they went.
  void hide_gone();
  // Those that are back: before anybody counts for them.
  void show_again(const settings::Settings& next);
  void measure_configuration();
  [[nodiscard]] api::ConfigurationStatus configuration() const;
  // On the context's thread. `done` may be empty.
  void ask_to_reload(const std::string& who, api::ReloadDone done);
  [[nodiscard]] boost::asio::awaitable<void> reload_when_asked();
  [[nodiscard]] boost::asio::awaitable<api::ReloadOutcome> reload(std::string who);
  // What another configuration makes; null: nothing changes, or it is refused.
  struct Attempt {
    api::ReloadOutcome outcome;
    std::shared_ptr<Generation> made = nullptr;
    std::vector<std::string> unfinished = {};  // steps of the change that failed
  };
  [[nodiscard]] Attempt try_successor(Generation& running);
  [[nodiscard]] Attempt make_successor(Generation& running);
  // Between two requests: on the context's thread.
  void put_in_place(const std::shared_ptr<Generation>& next);
  // Sends and looks by the new one in place of the other.
  void change_over(Generation& running, Attempt& attempt);
  void look_after_gone(const Generation& before, const Generation& now,
                       api::ReloadOutcome& outcome);
  // Of a bureau's journal, where nobody sends it any more: what is to be said of it.
  [[nodiscard]] std::optional<std::string> left_waiting(
      const record::BureauId& bureau, const installation::Installation& installation);
  void tell(const std::string& who, const Attempt& attempt);
  // What only a person sees to: an error in the log, and a trouble until a restart.
  void tell_unfinished(const std::string& who, const std::vector<std::string>& sentences);
  void note_outcome(const Attempt& attempt);
  // Keys of the files: before anything runs that is new in them.
  void note_restart(std::vector<std::string> keys);
  // Its last owner may be a request: what it then waits for holds up no other.
  [[nodiscard]] std::shared_ptr<Generation> owned(std::unique_ptr<Generation> generation);
  [[nodiscard]] boost::asio::awaitable<void> obey_signals();
  [[nodiscard]] boost::asio::awaitable<void> keep_certificates();

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
  mutable trust::KnownLists known_lists_;
  std::unique_ptr<link::UplinkIdentity> uplink_identity_;  // of a node with an uplink
  // Of a node with a store. What is made of its ledger is told by whoever signs receipts.
  std::shared_ptr<exchange::NewestCheckpoint> newest_checkpoint_ =
      std::make_shared<exchange::NewestCheckpoint>();
  std::shared_ptr<journal::WaitingMemory> waiting_ = std::make_shared<journal::WaitingMemory>();
  std::shared_ptr<threads::Slots> applying_;
  // What an earlier generation still answers is not begun anew by the next.
  adapters::direct::RunningKeys running_keys_;
  entry::RunningDrafts running_drafts_;
  people::SignInAttempts sign_in_attempts_;
  // Of a node with a store. One for all: who writes to the file of tasks takes turns with the
  // others of the same opener.
  installation::TasksOpener open_tasks_;
  jobs::ConfinedCsv csv_;

  // What runs. Asks the generation that serves why it must wait.
  std::unique_ptr<runs::Scheduler> scheduler_;
  runs::FolderTurns folder_turns_;
  std::map<record::BureauId, std::unique_ptr<runs::DropFolderWatch>> watches_;
  boost::asio::thread_pool blocking_{1};         // for what operators ask that blocks
  boost::asio::thread_pool task_calls_{2};       // for what bureaus have keyed
  boost::asio::thread_pool large_calls_{2};      // for bodies that take long to read
  std::optional<ServiceStatus> service_status_;  // where systemd wants to know
  Figures figures_;
  api::Measuring measuring_;

  boost::asio::thread_pool reloading_{1};
  std::atomic<bool> is_stopping_ = false;
  boost::asio::thread_pool retiring_{1};  // where generations end

  mutable std::mutex mutex_;
  std::shared_ptr<Generation> generation_;  // guarded by mutex_, as the next; there from start() on
  api::ConfigurationStatus configuration_;
  std::set<record::BureauId> gone_;  // bureaus that were here once, since the process began

  // Run by one thread. Handlers that are left when it stops refer to all above, and go before it.
  boost::asio::io_context context_{1};
  // Who asks for a reload, the context's thread's, as the next.
  struct Asked {
    std::string who;
    api::ReloadDone done;
  };
  std::vector<Asked> asked_;
  boost::asio::steady_timer reload_asked_{context_};
  // From the beginning on, so that who changes files while it starts is heard; what ends it does so
  // at once until it serves.
  boost::asio::signal_set signals_{context_, SIGHUP};
  std::optional<server::HttpServer> api_;
  std::optional<server::HttpServer> pages_;
  std::optional<server::HttpServer> control_;
};

}  // namespace sluice::node

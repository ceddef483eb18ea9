// All that follows from one configuration: the streams and who sends them on, who may do what, and
// what is answered to whom. It is made whole beside the one that serves, and then put in its place
// between two requests; a request keeps the one that it came to until it has its answer.
#pragma once

#include <cstddef>
#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>

#include "adapters/direct/idempotency.h"
#include "adapters/disk/csv_parser.h"
#include "api/health.h"
#include "api/jobs_endpoint.h"
#include "api/measuring.h"
#include "api/node_status.h"
#include "api/outcomes_endpoint.h"
#include "api/records_endpoint.h"
#include "api/reload_endpoint.h"
#include "api/tasks_endpoint.h"
#include "entry/running_drafts.h"
#include "exchange/checkpoint_maker.h"
#include "exchange/holding.h"
#include "installation/installation.h"
#include "journal/group_commit.h"
#include "link/bandwidth.h"
#include "link/https/uplink_identity.h"
#include "node/center.h"
#include "node/checkpointing.h"
#include "node/desks.h"
#include "node/edge_look.h"
#include "node/edge_reports.h"
#include "node/held_look.h"
#include "node/room_watch.h"
#include "node/schema_watch.h"
#include "node/stream.h"
#include "node/task_look.h"
#include "observe/log.h"
#include "observe/metrics.h"
#include "pages/site.h"
#include "people/sign_in.h"
#include "runs/scheduler.h"
#include "server/audience.h"
#include "server/router.h"
#include "threads/slots.h"
#include "trust/audit_log.h"
#include "trust/denials.h"
#include "trust/directory.h"
#include "trust/policy.h"

namespace sluice::node {

class Generation {
 public:
  // What generations of one process share; all must outlive them.
  struct Surroundings {
    observe::Log& log;
    observe::Metrics& metrics;
    trust::AuditLog& audit;
    trust::Denials& denials;
    exchange::Holding& holding;
    std::shared_ptr<exchange::NewestCheckpoint> newest_checkpoint;
    std::shared_ptr<journal::WaitingMemory> waiting;  // of calls, for all streams
    adapters::direct::RunningKeys& running_keys;
    entry::RunningDrafts& running_drafts;
    people::SignInAttempts& sign_in_attempts;
    installation::TasksOpener open_tasks;         // of a node with a store
    std::shared_ptr<threads::Slots> applying;     // where this node is the center
    const link::UplinkIdentity* uplink_identity;  // of a node with an uplink; else null
    const adapters::disk::CsvParser& csv;
    runs::Scheduler& scheduler;
    boost::asio::io_context::executor_type callers;  // where calls are answered
    boost::asio::thread_pool& blocking;              // for what operators ask that blocks
    boost::asio::thread_pool& task_calls;            // for what bureaus have keyed
    boost::asio::thread_pool& large_calls;           // for bodies that take long to read
    // What the node tells of itself.
    std::function<api::Health(api::HealthFor)> health;
    std::function<api::NodeStatus()> status;  // blocks
    api::Measuring& measuring;
    api::AskToReload reload;
  };
  // Compares schemas and opens journals and stores, so it blocks; nothing is sent, settled or
  // signed by it until it begins.
  // `conflicts`: what is known of schemas that are as they were in the one before.
  [[nodiscard]] static std::expected<std::unique_ptr<Generation>, std::string> make(
      std::unique_ptr<installation::Installation> installation, Surroundings surroundings,
      std::map<record::DatasetId, std::string> conflicts = {});
  // As end(). Nothing that it serves may be under way.
  ~Generation();
  Generation(const Generation&) = delete;
  Generation& operator=(const Generation&) = delete;

  // Sends, settles and looks from now on. Of a journal only one generation may send.
  void begin();
  // What clerks have keyed is left to the successor, from before people reach that: this one would
  // refuse records of datasets that it does not know.
  void leave_keyed();
  // The end of that, once what is under way has come to an end: blocks. What is called is still
  // answered.
  void end();
  // The end of all of it: waits for what is being answered, and answers nothing afterwards.
  void shut_down();

  [[nodiscard]] const installation::Installation& installation() const { return *installation_; }
  [[nodiscard]] const trust::Directory& directory() const { return directory_; }
  [[nodiscard]] const std::map<record::BureauId, std::unique_ptr<Stream>>& streams() const {
    return streams_;
  }
  [[nodiscard]] const std::map<record::BureauId, journal::JournalFailure>& refused() const {
    return refused_;
  }
  // Those whose data begins here and is taken.
  [[nodiscard]] std::set<record::BureauId> own() const;
  // Why a bureau's runs and files must wait: reads its journal.
  [[nodiscard]] std::optional<std::string> why_wait(const record::BureauId& bureau) const;
  // What its looks found last, where it has such: what is held, whether the store answers, and what
  // edges told. Any thread, as the next.
  void add_looks(api::NodeStatus& status) const;
  // Takes figures away that came too long ago.
  void hide_old_figures();
  [[nodiscard]] std::map<record::DatasetId, std::string> schema_conflicts() const;
  void look_at_schemas_again();

  // What is served to bureaus and nodes, to people, and to operators. They refer to this.
  [[nodiscard]] std::vector<server::Route> routes_for_bureaus();
  [[nodiscard]] std::vector<server::Route> routes_for_people();
  [[nodiscard]] std::vector<server::Route> routes_for_operators();
  [[nodiscard]] server::Audience people();

 private:
  Generation(std::unique_ptr<installation::Installation> installation, Surroundings surroundings);
  [[nodiscard]] std::expected<void, std::string> open_streams();
  [[nodiscard]] std::expected<void, std::string> take_records();
  [[nodiscard]] std::expected<void, std::string> take_forms();
  void take_tasks();
  void take_batches();
  void serve_people();
  // At a node with a store.
  void look_around();
  // All that is to end by end(), and does not wait for it: each may hang in a call.
  void ask_to_end();
  void end_looks();
  // Why nothing of a dataset is to be taken in.
  [[nodiscard]] std::optional<std::string> schema_conflict(const record::DatasetId& dataset) const {
    return schemas_ ? schemas_->conflict(dataset) : std::nullopt;
  }
  [[nodiscard]] Center::Surroundings of_center();
  [[nodiscard]] server::Route health_route_for(api::HealthFor whom) const;

  // What all the rest refers to.
  std::unique_ptr<installation::Installation> installation_;
  Surroundings surroundings_;
  trust::Directory directory_;
  trust::Policy policy_;
  exchange::Reception::Signatories signatories_;
  link::Bandwidth bandwidth_;  // that streams send by

  std::optional<SchemaWatch> schemas_;

  // What work is done by. Their threads post to the callers' context.
  std::map<record::BureauId, std::unique_ptr<Stream>> streams_;
  // Of those that should begin here and do not, since the journal is not what it was.
  std::map<record::BureauId, journal::JournalFailure> refused_;
  Desks desks_;
  std::optional<Center> center_;

  // What there is from begin() to end().
  std::optional<Checkpointing> checkpointing_;  // of a node with a store
  std::optional<EdgeReports> edge_reports_;     // of a node with an uplink
  std::optional<RoomWatch> room_watch_;
  mutable std::mutex looks_mutex_;
  // Of a node with a store; guarded by looks_mutex_, since others ask while it begins and ends.
  std::unique_ptr<HeldLook> held_look_;
  std::unique_ptr<EdgeLook> edge_look_;  // of one that other nodes bring batches to
  std::unique_ptr<TaskLook> task_look_;  // of one where records are keyed

  // What callers reach.
  std::unique_ptr<api::RecordsEndpoint> records_;
  std::optional<api::OutcomesEndpoint> outcomes_;
  std::optional<api::TasksEndpoint> tasks_;
  std::optional<api::JobsEndpoint> jobs_;
  std::optional<pages::Site> site_;
};

}  // namespace sluice::node

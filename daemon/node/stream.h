// One bureau's stream in the daemon: who takes its calls, and who sends its batches on.
#pragma once

#include <atomic>
#include <expected>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include <boost/asio/io_context.hpp>

#include "exchange/checkpoint_maker.h"
#include "exchange/reception.h"
#include "installation/installation.h"
#include "journal/group_commit.h"
#include "link/bandwidth.h"
#include "link/https/uplink_identity.h"
#include "link/link_state.h"
#include "link/local/local_link.h"
#include "link/sender.h"
#include "observe/log.h"
#include "observe/metrics.h"
#include "threads/slots.h"

namespace sluice::node {

class Stream {
 public:
  // All must outlive the stream.
  struct Surroundings {
    const installation::Installation& installation;
    observe::Log& log;
    observe::Metrics& metrics;
    boost::asio::io_context::executor_type callers;  // where calls are answered
    const exchange::Reception::Signatories& signatories;
    exchange::Holding& holding;
    std::shared_ptr<journal::WaitingMemory> waiting;                // of calls, for all streams
    std::shared_ptr<threads::Slots> applying;                       // where this node is the center
    std::shared_ptr<exchange::NewestCheckpoint> newest_checkpoint;  // the same
    std::size_t streams = 1;  // of the node, this one included
    // Of a node with an uplink; else null.
    const link::UplinkIdentity* identity = nullptr;
    link::Bandwidth* bandwidth = nullptr;
  };
  // Why it can not be: `journal` where it is this stream's alone, and the others go on.
  struct Refusal {
    std::optional<journal::JournalFailure> journal;
    std::string sentence;
  };
  // Opens all that it needs, and sends nothing before begin().
  [[nodiscard]] static std::expected<std::unique_ptr<Stream>, Refusal> open(
      const record::BureauId& bureau, const Surroundings& surroundings);

  // Sends its batches on from now on; once.
  void begin();
  // Asks for its end, and does not wait for it.
  void ask_to_end();
  // Sends nothing any more when it returns; what was under way is sent again by the next one. Calls
  // are still taken.
  void end();

  [[nodiscard]] const record::StreamId& id() const { return id_; }
  // For direct calls.
  [[nodiscard]] journal::GroupCommit& commit() { return *commit_; }
  // Whether its batches are no longer sent until a person has acted. Any thread.
  [[nodiscard]] bool is_stopped() const { return stopped_ || is_refused_ || commit_->is_stopped(); }
  // Whether it takes no rows either. Any thread.
  [[nodiscard]] bool is_refused() const { return is_refused_; }
  // Any thread.
  [[nodiscard]] link::LinkState::Snapshot link() const { return link_.snapshot(); }
  // Reads the journal: blocks. Any thread.
  [[nodiscard]] journal::Result<journal::Status> status() {
    const std::lock_guard lock(watching_);
    return watched_.status();
  }
  // The same.
  [[nodiscard]] journal::Result<journal::Kept> kept() {
    const std::lock_guard lock(watching_);
    return watched_.kept();
  }
  [[nodiscard]] journal::Result<std::vector<journal::TakenRows>> taken() {
    const std::lock_guard lock(watching_);
    return watched_.taken();
  }
  // The same. Why nothing is to be read from the bureau's sources now: what a run would read would
  // only wait in memory.
  [[nodiscard]] std::optional<std::string> why_wait() {
    const std::lock_guard lock(watching_);
    const auto room = watched_.check_backlog();
    return room ? std::nullopt : std::optional(record::to_string(room.error()));
  }
  // The same as status().
  [[nodiscard]] journal::Result<std::vector<journal::QuarantineTally>> quarantine_tallies() {
    const std::lock_guard lock(watching_);
    return watched_.quarantine_tallies();
  }

 private:
  Stream(journal::Journal watched, record::StreamId id)
      : watched_(std::move(watched)), id_(std::move(id)) {}
  [[nodiscard]] std::expected<void, Refusal> take_calls(const Surroundings& surroundings);
  [[nodiscard]] std::expected<void, Refusal> prepare_to_send(const Surroundings& surroundings);
  [[nodiscard]] link::SenderEvents sender_events(const Surroundings& surroundings);

  std::mutex watching_;
  journal::Journal watched_;  // a handle of its own, for who looks; guarded by watching_
  record::StreamId id_;
  std::atomic<bool> stopped_ = false;
  std::atomic<bool> is_refused_ = false;  // what the center's ledger has speaks against the journal
  link::LinkState link_;
  std::unique_ptr<journal::GroupCommit> commit_;
  std::move_only_function<std::unique_ptr<link::Sender>()> make_sender_;  // until begin()
  std::unique_ptr<link::Sender> sender_;                                  // from then to end()
};

}  // namespace sluice::node

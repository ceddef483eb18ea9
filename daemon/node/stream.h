// One bureau's stream in the daemon: who takes its calls, and who sends its batches on.
#pragma once

#include <atomic>
#include <expected>
#include <memory>

#include <boost/asio/io_context.hpp>

#include "foundation/foundation.h"
#include "journal/group_commit.h"
#include "link/sender.h"
#include "observe/log.h"
#include "observe/metrics.h"

namespace sluice::node {

class Stream {
 public:
  // All must outlive the stream.
  struct Surroundings {
    const foundation::Foundation& foundation;
    observe::Log& log;
    observe::Metrics& metrics;
    boost::asio::io_context::executor_type callers;  // where calls are answered
  };
  [[nodiscard]] static std::expected<std::unique_ptr<Stream>, std::string> open(
      const record::BureauId& bureau, const Surroundings& surroundings);

  [[nodiscard]] const record::StreamId& id() const { return id_; }
  // For direct calls.
  [[nodiscard]] journal::GroupCommit& commit() { return *commit_; }
  // Whether its batches are no longer sent until a person has acted. Any thread.
  [[nodiscard]] bool is_stopped() const { return stopped_; }
  // Reads the journal: blocks.
  [[nodiscard]] std::expected<journal::Status, journal::JournalFailure> status() {
    return watched_.status();
  }

 private:
  Stream(journal::Journal watched, record::StreamId id)
      : watched_(std::move(watched)), id_(std::move(id)) {}

  journal::Journal watched_;  // a handle of its own, for status()
  record::StreamId id_;
  std::atomic<bool> stopped_ = false;
  std::unique_ptr<journal::GroupCommit> commit_;
  std::unique_ptr<link::Sender> sender_;
};

}  // namespace sluice::node

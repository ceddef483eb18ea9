// The figures that lie in journals and on the disk, which are read when somebody asks for them: the
// rows that ever came, counted where they are made durable, so that it does not matter which
// process brought them; what waits; how the streams and their links are.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "files/state_disk.h"
#include "node/stream.h"
#include "observe/log.h"
#include "observe/metrics.h"
#include "record/time.h"
#include "settings/settings.h"

namespace sluice::node {

class Figures {
 public:
  // All must outlive it.
  struct Surroundings {
    files::StateDisk& disk;
    const observe::Log& log;
    observe::Metrics& metrics;
  };
  explicit Figures(Surroundings surroundings);

  using Streams = std::map<record::BureauId, std::unique_ptr<Stream>>;
  // Bureaus that should begin here, and whose journals were refused.
  using Refused = std::map<record::BureauId, journal::JournalFailure>;
  struct Sources {
    const Streams& streams;
    const Refused& refused;
    const std::map<record::BureauId, settings::Bureau>& bureaus;
  };
  // Reads the journals: blocks, and is for one thread at a time. Counters, and what asks no disk,
  // are told at once; what it gives tells the rest, and does not block.
  [[nodiscard]] std::function<void()> measure(const Sources& sources, record::Time now);
  // The last look has not ended in time: what the one before told is taken away, until one does.
  // Not while any is told.
  void miss();

 private:
  void measure_log();
  // Nothing: the journal can not be read.
  [[nodiscard]] std::optional<journal::Status> measure(const record::BureauId& bureau,
                                                       Stream& stream);
  void tell(const std::string& bureau, const journal::Status& status, record::Time now);
  void tell(const std::optional<files::StateDisk::Room>& room);
  void hide(const std::string& bureau);
  // Its stream is no longer here.
  void forget(const std::string& bureau);
  void begin_at_zero(const settings::Bureau& bureau);

  Surroundings surroundings_;
  std::mutex mutex_;
  std::set<std::string> looked_at_;  // bureaus; guarded by mutex_
};

}  // namespace sluice::node

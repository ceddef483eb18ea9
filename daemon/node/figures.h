// The figures that lie in journals and on the disk, which are read when somebody asks for them: the
// rows that ever came, counted where they are made durable, so that it does not matter which
// process brought them; what waits; how the streams and their links are.
#pragma once

#include <map>
#include <memory>
#include <mutex>
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
  // Reads the journals: blocks, and is for one thread at a time.
  void measure(const Sources& sources, record::Time now);
  // The last look has not ended in time: what it set is not told until one does. Any thread.
  void miss();

 private:
  void measure_disk();
  void measure_log();
  void measure(const record::BureauId& bureau, Stream& stream, record::Time now);
  void hide(const std::string& bureau);
  // Its stream is no longer here.
  void forget(const std::string& bureau);
  void begin_at_zero(const settings::Bureau& bureau);

  Surroundings surroundings_;
  std::mutex mutex_;
  std::set<std::string> looked_at_;  // bureaus; guarded by mutex_
};

}  // namespace sluice::node

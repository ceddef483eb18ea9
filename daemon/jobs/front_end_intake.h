// The way of the rows of one exchange table into the bureau's journal: what a collection and a
// repair both hand them to.
#pragma once

#include <expected>
#include <memory>
#include <string>

#include "adapters/adapter.h"
#include "installation/installation.h"
#include "intake/change_intake.h"
#include "intake/journal_sink.h"
#include "jobs/room_events.h"
#include "jobs/run_lock.h"
#include "settings/settings.h"

namespace sluice::jobs {

// Holds the lock of the bureau's cursors for as long as it lives.
class FrontEndIntake {
 public:
  // Blocks while another run holds that lock. `installation` and `publication` must outlive it.
  [[nodiscard]] static adapters::Result<std::unique_ptr<FrontEndIntake>> open(
      const installation::Installation& installation, const settings::Bureau& bureau,
      const settings::Publication& publication, const RoomEvents& room);

  [[nodiscard]] intake::ChangeIntake& intake() { return intake_; }
  // The batches that were made durable so far.
  [[nodiscard]] std::vector<record::Sequence> batches() const { return sink_.sequences(); }

 private:
  FrontEndIntake(RunLock lock, journal::Journal journal, const intake::SourceDelivery& delivery,
                 std::string position, const journal::DatasetOrigin& origin,
                 const journal::Limits& limits, const RoomEvents& room);

  RunLock lock_;
  journal::Journal journal_;
  intake::JournalSink sink_;
  intake::ChangeIntake intake_;
};

}  // namespace sluice::jobs

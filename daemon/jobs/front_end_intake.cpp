#include "jobs/front_end_intake.h"

#include <utility>

#include "installation/schema_side.h"
#include "installation/system_clock.h"
#include "intake/reject_limit.h"
#include "jobs/front_end_source.h"
#include "jobs/not_journaled.h"
#include "record/try.h"

namespace sluice::jobs {

FrontEndIntake::FrontEndIntake(RunLock lock, journal::Journal journal,
                               const intake::SourceDelivery& delivery, std::string position,
                               const journal::DatasetOrigin& origin, const journal::Limits& limits,
                               const RoomEvents& room)
    : lock_(std::move(lock)),
      journal_(std::move(journal)),
      sink_(
          journal_, {origin, std::string(front_end_channel), origin.dataset.str()},
          [waiting = room.waiting](const journal::JournalFailure& failure) {
            waiting(record::to_string(failure));
          },
          room.over),
      intake_(delivery, {limits.batch_rows, limits.batch_bytes}, std::move(position), sink_) {}

adapters::Result<std::unique_ptr<FrontEndIntake>> FrontEndIntake::open(
    const installation::Installation& installation, const settings::Bureau& bureau,
    const settings::Publication& publication, const RoomEvents& room) {
  auto lock = RunLock::take(installation.paths.collect_lock(bureau.id));
  if (!lock) return std::unexpected(not_journaled("", std::move(lock.error().sentence)));
  const record::DatasetId& dataset = publication.dataset;
  auto journal = SLUICE_TRY(of_journal(installation.open_journal(bureau.id)));
  // Though nothing may have changed there: what was collected may be gone at the center.
  SLUICE_TRY(of_journal(journal.check_taking()));
  if (auto why = installation::schema_objection(installation, dataset)) {
    return std::unexpected(not_journaled("", std::move(*why)));
  }
  const auto kept = SLUICE_TRY(of_journal(journal.cursor(front_end_channel, dataset.str())));
  auto recent = SLUICE_TRY(of_journal(
      intake::recent_rows(journal, dataset, publication.reject_limit, installation::system_now)));
  return std::unique_ptr<FrontEndIntake>(new FrontEndIntake(
      std::move(*lock), std::move(journal),
      front_end_delivery(*installation.catalogue.find(dataset), publication, std::move(recent)),
      kept ? kept->value : std::string(), installation.origin(dataset, record::Mode::front_end),
      installation.settings.node.journal, room));
}

}  // namespace sluice::jobs

#include "reconciliation/repair_door.h"

namespace sluice::reconciliation {
namespace {

using Handed = std::expected<void, intake::IntakeFailure>;

Handed failed(const Failure& failure) {
  return std::unexpected(intake::IntakeFailure{intake::IntakeProblem::journal_failed, failure.place,
                                               failure.sentence});
}

}  // namespace

Handed RepairDoor::begin(std::span<const std::string> columns) {
  if (auto begun = rows_.begin(columns); !begun) return begun;
  return intake_.begin(columns);
}

Handed RepairDoor::accept(const intake::SourceRow& row) {
  const auto canonical = rows_.convert(row);
  if (!canonical || canonical->state != SourceState::present) return {};
  const auto found = differences_.find(canonical->key);
  if (!found) return failed(found.error());
  if (!*found) return {};
  if (auto accepted = intake_.accept(row); !accepted) return accepted;
  return mark_if_due();
}

Handed RepairDoor::remove_extra() {
  Handed result;
  const auto walked = differences_.walk([&](const Difference& difference) {
    if (difference.kind != Kind::extra) return true;
    intake_.remove(difference.key);
    result = mark_if_due();
    return result.has_value();
  });
  if (!walked) return failed(walked.error());
  return result;
}

Handed RepairDoor::mark_if_due() {
  return intake_.is_due() ? intake_.mark(intake_.position()) : Handed();
}

}  // namespace sluice::reconciliation

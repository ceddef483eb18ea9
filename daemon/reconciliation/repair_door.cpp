#include "reconciliation/repair_door.h"

#include "record/try.h"

namespace sluice::reconciliation {
namespace {

// So few that little time passes between the look at the source and the delete.
constexpr std::size_t told_at_once = 200;

using Handed = intake::Result<void>;

std::unexpected<intake::IntakeFailure> failed(const Failure& failure) {
  return std::unexpected(intake::IntakeFailure{intake::IntakeProblem::journal_failed, failure.place,
                                               failure.sentence});
}

}  // namespace

Handed RepairDoor::begin(std::span<const std::string> columns) {
  SLUICE_TRY(rows_.begin(columns));
  return intake_.begin(columns);
}

Handed RepairDoor::accept(const intake::SourceRow& row) {
  const auto canonical = rows_.convert(row);
  if (!canonical) {
    ++unknown_;
    return {};
  }
  const auto found = differences_.find(canonical->key);
  if (!found) return failed(found.error());
  if (!*found) return {};
  if ((*found)->kind == Kind::extra) {
    // Also a row that does not pass: its record stays as it is.
    const bool is_back = canonical->state != SourceState::removed;
    if (auto noted = differences_.note_back(canonical->key, is_back); !noted) {
      return failed(noted.error());
    }
  }
  if (canonical->state != SourceState::present) return {};
  SLUICE_TRY(intake_.accept(row));
  return checkpoint_if_due();
}

Handed RepairDoor::reject(std::uint64_t, std::string_view, const intake::RowProblem&) {
  ++unknown_;
  return {};
}

intake::Result<std::vector<record::Key>> RepairDoor::next_gone() {
  auto keys = differences_.gone(told_, told_at_once);
  if (!keys) return failed(keys.error());
  if (!keys->empty()) told_ = keys->back();
  return std::move(*keys);
}

Handed RepairDoor::remove(std::span<const record::Key> keys) {
  for (const record::Key& key : keys) {
    const auto found = differences_.find(key);
    if (!found) return failed(found.error());
    if (!*found || (*found)->is_back) continue;
    intake_.remove(key);
    SLUICE_TRY(checkpoint_if_due());
  }
  return {};
}

Handed RepairDoor::checkpoint_if_due() {
  return intake_.is_due() ? intake_.checkpoint(intake_.position()) : Handed();
}

}  // namespace sluice::reconciliation

// The door for a repair: of all the rows that come by, only those whose records differ go on.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "intake/change_intake.h"
#include "intake/door.h"
#include "reconciliation/differences.h"
#include "reconciliation/source_door.h"

namespace sluice::reconciliation {

class RepairDoor final : public intake::Door {
 public:
  // All must outlive it. What differs goes on to `intake`, whose position stays as it is.
  RepairDoor(const Conversion& conversion, Differences& differences, intake::ChangeIntake& intake)
      : rows_(conversion), differences_(differences), intake_(intake) {}

  [[nodiscard]] intake::Result<void> begin(std::span<const std::string> columns) override;
  [[nodiscard]] intake::Result<void> accept(const intake::SourceRow& row) override;
  // A collection has put it into the quarantine.
  [[nodiscard]] intake::Result<void> reject(std::uint64_t place, std::string_view original,
                                            const intake::RowProblem& problem) override;

  // The next records that only the central store has, and that have not come by; none: no more.
  [[nodiscard]] intake::Result<std::vector<record::Key>> next_gone();
  // Deletes these at the center, except those that have come by since next_gone() told them.
  [[nodiscard]] intake::Result<void> remove(std::span<const record::Key> keys);

  // Rows that came by of which nobody can tell which record they are.
  [[nodiscard]] std::uint64_t unknown() const { return unknown_; }

 private:
  [[nodiscard]] intake::Result<void> checkpoint_if_due();

  CanonicalRows rows_;
  Differences& differences_;
  intake::ChangeIntake& intake_;
  std::optional<record::Key> told_;  // up to here by next_gone()
  std::uint64_t unknown_ = 0;
};

}  // namespace sluice::reconciliation

// The door for a repair: of all the rows that come by, only those whose records differ go on.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

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

  [[nodiscard]] std::expected<void, intake::IntakeFailure> begin(
      std::span<const std::string> columns) override;
  [[nodiscard]] std::expected<void, intake::IntakeFailure> accept(
      const intake::SourceRow& row) override;
  [[nodiscard]] std::expected<void, intake::IntakeFailure> reject(
      std::uint64_t, std::string_view, const intake::RowProblem&) override {
    return {};  // a collection has put it into the quarantine
  }

  // The records that only the central store has are deleted there.
  [[nodiscard]] std::expected<void, intake::IntakeFailure> remove_extra();

 private:
  [[nodiscard]] std::expected<void, intake::IntakeFailure> mark_if_due();

  CanonicalRows rows_;
  Differences& differences_;
  intake::ChangeIntake& intake_;
};

}  // namespace sluice::reconciliation

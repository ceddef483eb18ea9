// The door for a small call (a POST, a clerk's form, a replayed row): everything in memory, to be
// made durable as one submission.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "intake/conversion_plan.h"
#include "intake/door.h"
#include "journal/journal.h"

namespace sluice::intake {

class CallIntake : public Door {
 public:
  // `plan` is bound to the columns that begin() will announce; it must outlive the intake.
  // `source` names the call in the quarantine, and if its rows come to it later.
  CallIntake(const ConversionPlan& plan, const journal::DatasetOrigin& origin, std::string source,
             std::string columns);

  [[nodiscard]] Result<void> begin(std::span<const std::string> columns) override;
  [[nodiscard]] Result<void> accept(const SourceRow& row) override;
  [[nodiscard]] Result<void> reject(std::uint64_t place, std::string_view original,
                                    const RowProblem& problem) override;

  [[nodiscard]] const std::vector<RefusedRow>& refused() const { return refused_; }
  // What is to be made durable: the good rows and the quarantined ones. Leaves the intake empty.
  [[nodiscard]] journal::Submission take();

 private:
  const ConversionPlan& plan_;
  std::string source_;
  std::string columns_;  // as a JSON array, for the quarantine
  ConversionPlan::Buffers buffers_;
  journal::Submission submission_;
  std::vector<RefusedRow> refused_;
};

}  // namespace sluice::intake

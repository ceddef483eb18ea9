// The door for a source that is read again and again (an exchange database): takes changes in the
// source's order, any number of them to one key, in batches that end where the source says.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "intake/batch_builder.h"
#include "intake/batch_sink.h"
#include "intake/conversion_plan.h"
#include "intake/delivery.h"
#include "intake/settlement.h"

namespace sluice::intake {

// What one run has handed over; rows = accepted + quarantined.
struct ChangeCounts {
  std::uint64_t rows = 0;
  std::uint64_t upserts = 0;
  std::uint64_t deletes = 0;
  std::uint64_t quarantined = 0;
  [[nodiscard]] std::uint64_t accepted() const { return upserts + deletes; }
};

class ChangeIntake : public Door, public Settlement {
 public:
  // `position` is what the journal has kept for this source.
  ChangeIntake(const SourceDelivery& delivery, const BatchSize& size, std::string position,
               BatchSink& sink);

  [[nodiscard]] Result<void> begin(std::span<const std::string> columns) override;
  [[nodiscard]] Result<void> accept(const SourceRow& row) override;
  [[nodiscard]] Result<void> reject(std::uint64_t place, std::string_view original,
                                    const RowProblem& problem) override;

  // A record that is gone, by the canonical text of its key, in the key's order: what no source row
  // tells, such as that the central store has one too many.
  void remove(std::span<const std::string> key);

  [[nodiscard]] const std::string& position() const override { return position_; }
  [[nodiscard]] bool is_due() const override { return batch_.is_full(); }
  [[nodiscard]] Result<void> checkpoint(std::string position) override;
  [[nodiscard]] Result<void> settle() override;
  [[nodiscard]] std::optional<record::RowDigest> key_of(const SourceRow& row) override;
  [[nodiscard]] std::span<const RefusedRow> refused() const override { return refused_; }

  [[nodiscard]] const ChangeCounts& counts() const { return counts_; }
  [[nodiscard]] const std::map<std::string, std::uint64_t>& reasons() const {
    return batch_.reasons();
  }

 private:
  [[nodiscard]] RowTally tally() const { return {counts_.rows, counts_.quarantined}; }

  SourceDelivery delivery_;
  std::string position_;
  BatchSink& sink_;
  std::optional<ConversionPlan> plan_;
  ConversionPlan::Buffers buffers_;
  BatchBuilder batch_;
  std::vector<RefusedRow> refused_;
  ChangeCounts counts_;
};

}  // namespace sluice::intake

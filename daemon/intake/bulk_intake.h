// The door for a large delivery (a file): batches by rows and bytes, quarantine
// with its limit, keys that come twice, and a cursor that lets a delivery that was cut off go on.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "intake/batch_builder.h"
#include "intake/batch_sink.h"
#include "intake/conversion_plan.h"
#include "intake/delivery.h"
#include "intake/door.h"
#include "intake/key_set.h"
#include "intake/source_cursor.h"

namespace sluice::intake {

class BulkIntake : public Door {
 public:
  // `taken`: the cursor of an earlier run over the same delivery; its rows are read again, for
  // their keys, and not taken again. Where they are not those that were taken then, it fails with
  // `other_rows` before anything is put. `scratch` is a directory for temporary files.
  BulkIntake(const SourceDelivery& delivery, const BatchSize& size, const SourceCursor& taken,
             const std::filesystem::path& scratch, BatchSink& sink);

  [[nodiscard]] Result<void> begin(std::span<const std::string> columns) override;
  [[nodiscard]] Result<void> accept(const SourceRow& row) override;
  [[nodiscard]] Result<void> reject(std::uint64_t place, std::string_view original,
                                    const RowProblem& problem) override;

  // Puts the last batch and marks the delivery complete; returns when all is durable.
  [[nodiscard]] Result<record::Sequence> finish();

  // Rows so far, those of an earlier run included.
  [[nodiscard]] const SourceCursor& cursor() const { return cursor_; }
  // How often each "field: rule" was the reason for a quarantined row in this run.
  [[nodiscard]] const std::map<std::string, std::uint64_t>& reasons() const {
    return batch_.reasons();
  }

 private:
  [[nodiscard]] Result<void> quarantine(std::uint64_t place, std::string_view original,
                                        const RowProblem& problem);
  [[nodiscard]] Result<void> keep_refused(std::uint64_t place, std::string_view original,
                                          const RowProblem& problem);
  [[nodiscard]] Result<void> pass_over_copy();
  [[nodiscard]] Result<void> close_batch();
  // Of rows that an earlier run took; nothing more is done about them.
  [[nodiscard]] Result<bool> is_taken();
  // The row that comes now belongs to what was read.
  void remember(const record::RowDigest& content);
  [[nodiscard]] RowTally tally() const { return {cursor_.rows, cursor_.quarantined}; }

  SourceDelivery delivery_;
  SourceCursor taken_;
  BatchSink& sink_;
  std::optional<ConversionPlan> plan_;
  ConversionPlan::Buffers buffers_;
  KeySet keys_;
  SourceCursor cursor_;
  BatchBuilder batch_;
};

}  // namespace sluice::intake

// Where the intake of a large delivery puts its batches: the journal, or, for a dry run, nowhere.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "intake/door.h"
#include "journal/journal.h"

namespace sluice::intake {

// One batch's worth of rows, converted but not yet compressed, and the source's cursor after them.
struct ConvertedBatch {
  std::string lines;
  record::RowCount upserts;
  record::RowCount deletes;
  std::vector<journal::QuarantinedRow> quarantined;
  std::string cursor;  // its value in the journal
  // Of the source's rows behind it; only where the reject limit counts over a time.
  std::optional<journal::RowTally> tally;
  journal::SourcePlaces places;
};

class BatchSink {
 public:
  virtual ~BatchSink() = default;
  // Takes a batch, or says what became of an earlier one. In order; may block for room.
  [[nodiscard]] virtual Result<void> put(ConvertedBatch batch) = 0;
  // Returns once everything that was put is durable; more may be put then. The last batch's number;
  // 0 for none.
  [[nodiscard]] virtual Result<record::Sequence> finish() = 0;
};

}  // namespace sluice::intake

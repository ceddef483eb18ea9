// The one door in. A collector, whatever its mode, announces its columns and hands over row after
// row; the door maps, validates, quarantines, and makes batches.
#pragma once

#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <string_view>

#include "intake/row.h"
#include "record/failure.h"

namespace sluice::intake {

enum class IntakeProblem {
  columns_mismatch,  // the source's columns are not what mapping and schema ask for
  refused,           // the reject limit was passed: this batch and what follows it is not taken
  backlog_full,      // the journal holds as much as it may, or its disk does: later
  journal_failed,    // could not be made durable; nothing was acknowledged
  other_rows,        // what was begun was another source: to be read from the start
};
using IntakeFailure = record::Failure<IntakeProblem>;
template <class T>
using Result = std::expected<T, IntakeFailure>;

// What the door thinks of one row. A row is durable only when the collection as a whole, or the
// batch it went into, has been acknowledged: accept() acknowledges nothing.
class Door {
 public:
  virtual ~Door() = default;

  // The source's columns by name, once, before the first row.
  [[nodiscard]] virtual Result<void> begin(std::span<const std::string> columns) = 0;

  // Takes a row, or quarantines it with the reason. A failure ends the collection.
  [[nodiscard]] virtual Result<void> accept(const SourceRow& row) = 0;

  // A row that the collector itself could not make sense of (ragged, undecodable …): straight to
  // the quarantine, counted against the reject limit.
  [[nodiscard]] virtual Result<void> reject(std::uint64_t place, std::string_view original,
                                            const RowProblem& problem) = 0;
};

}  // namespace sluice::intake

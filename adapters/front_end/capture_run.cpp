#include "adapters/front_end/capture_run.h"

#include <utility>

#include "adapters/front_end/ordered_walk.h"
#include "fault/kill_point.h"
#include "record/try.h"

namespace sluice::adapters::front_end {

Result<void> checkpoint(CaptureRun& run) {
  SLUICE_KILL_POINT("capture.before-checkpoint");
  auto marked = run.settlement.checkpoint(to_string(run.position));
  if (!marked) return std::unexpected(adapters::collection_failure(marked.error()));
  return {};
}

Result<void> checkpoint_if_due(CaptureRun& run) {
  return run.settlement.is_due() ? checkpoint(run) : Result<void>();
}

Result<void> settle(CaptureRun& run) {
  auto settled = run.settlement.settle();
  if (!settled) return std::unexpected(adapters::collection_failure(settled.error()));
  SLUICE_KILL_POINT("capture.after-settle");
  return {};
}

CollectionFailure collection_failure(const WindowFailure& failure) {
  return {CollectionProblem::journal_failed, failure.place, failure.sentence};
}

Result<void> load_by_key(CaptureRun& run, const TableReader::Each& handed) {
  const odbc::Dialect& dialect = run.connection.dialect();
  const SourceTable& table = run.reader.table();
  Walk walk{.order_at = table.key_at, .among = are_there(dialect, table.key)};
  if (run.position.loaded_up_to) walk.behind = run.position.loaded_up_to->exact;
  const auto read = walk_in_order(
      dialect, run.reader, walk, run.page_rows, [&](const TableRow& row) -> Result<void> {
        SLUICE_TRY(run.reader.hand_over(row, record::Operation::upsert));
        SLUICE_TRY(handed(row));
        run.position.loaded_up_to = row.key();
        return checkpoint_if_due(run);
      });
  if (!read) return std::unexpected(read.error());
  return {};
}

}  // namespace sluice::adapters::front_end

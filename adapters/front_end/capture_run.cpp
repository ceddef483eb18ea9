#include "adapters/front_end/capture_run.h"

#include <utility>
#include <vector>

#include "fault/kill_point.h"

namespace sluice::adapters::front_end {

Result mark(CaptureRun& run) {
  SLUICE_KILL_POINT("capture.before-mark");
  auto marked = run.settlement.mark(to_string(run.position));
  if (!marked) return std::unexpected(adapters::collection_failure(marked.error()));
  return {};
}

Result mark_if_due(CaptureRun& run) {
  return run.settlement.is_due() ? mark(run) : Result();
}

Result settle(CaptureRun& run) {
  auto settled = run.settlement.settle();
  if (!settled) return std::unexpected(adapters::collection_failure(settled.error()));
  SLUICE_KILL_POINT("capture.after-settle");
  return {};
}

CollectionFailure collection_failure(const WindowFailure& failure) {
  return {CollectionProblem::journal_failed, failure.place, failure.sentence};
}

Result load_by_key(CaptureRun& run, const TableReader::Each& handed) {
  const odbc::Dialect& dialect = run.connection.dialect();
  const SourceTable& table = run.reader.table();
  while (true) {
    std::vector<Query> conditions{are_there(dialect, table.key)};
    if (run.position.loaded_up_to) {
      conditions.push_back(beyond(dialect, table.key, run.position.loaded_up_to->exact));
    }
    const auto rows = run.reader.read(
        select(dialect, table.columns, table.name, all_of(std::move(conditions)), table.key,
               run.page_rows),
        [&](const TableRow& row) -> Result {
          if (auto taken = run.reader.hand_over(row, record::Operation::upsert); !taken) {
            return taken;
          }
          if (auto seen = handed(row); !seen) return seen;
          run.position.loaded_up_to = row.key();
          return mark_if_due(run);
        });
    if (!rows) return std::unexpected(rows.error());
    if (*rows < run.page_rows) return {};
  }
}

}  // namespace sluice::adapters::front_end

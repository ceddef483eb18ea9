// One run of one way of capture over one table: what all four ways work with, and the first load,
// which two of them share.
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>

#include "adapters/front_end/exchange_table.h"
#include "adapters/front_end/held_back.h"
#include "adapters/front_end/position.h"
#include "adapters/front_end/sent_window.h"
#include "adapters/front_end/table_reader.h"
#include "intake/settlement.h"

namespace sluice::adapters::front_end {

// All references must outlive the run.
struct CaptureRun {
  odbc::Connection& connection;
  TableReader& reader;
  intake::Settlement& settlement;
  Position position;             // where it stands; moved on as the run goes
  std::filesystem::path folder;  // for what the captures of this bureau keep
  record::DatasetId dataset;
  // Rows asked for at once: what bounds memory with drivers that buffer a whole result.
  std::size_t page_rows = 10'000;
  std::chrono::system_clock::time_point now = std::chrono::system_clock::now();  // as it began
  bool deletes_anyway = false;
  HeldBack held_back;  // filled in by the run
};

// Commits what was handed over so far, with `run.position`.
[[nodiscard]] Result<void> checkpoint(CaptureRun& run);
// The same if there is enough for a batch.
[[nodiscard]] Result<void> checkpoint_if_due(CaptureRun& run);
[[nodiscard]] Result<void> settle(CaptureRun& run);

[[nodiscard]] CollectionFailure collection_failure(const WindowFailure& failure);

// Reads the whole table by key, from where an earlier run stopped, and hands over every row.
// `handed` sees each afterwards. Rows without a whole key are left out (keyless_rows.h).
[[nodiscard]] Result<void> load_by_key(CaptureRun& run, const TableReader::Each& handed);

// The four ways.
[[nodiscard]] Result<void> run_watermark(CaptureRun& run, const capture::ByWatermark& way);
[[nodiscard]] Result<void> run_flag(CaptureRun& run, const capture::ByFlag& way);
[[nodiscard]] Result<void> run_change_log(CaptureRun& run, const capture::ByChangeLog& way,
                                          TableReader* records);
[[nodiscard]] Result<void> run_snapshot(CaptureRun& run, const capture::BySnapshot& way);

}  // namespace sluice::adapters::front_end

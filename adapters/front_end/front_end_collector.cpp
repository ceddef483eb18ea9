#include "adapters/front_end/front_end_collector.h"

#include <optional>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "adapters/front_end/capture_run.h"
#include "record/try.h"

namespace sluice::adapters::front_end {
namespace {

template <class... Ways>
struct Overloaded : Ways... {
  using Ways::operator()...;
};

// A load under way goes on behind its last key, which means nothing to other columns; nor can a
// snapshot find what was there before by them.
Result<void> go_on_by_key(const SourceTable& table, Position& position) {
  std::vector<std::string> key;
  key.reserve(table.key.size());
  for (const odbc::SourceColumn& column : table.key)
    key.push_back(column.name);
  if (position.key == key) return {};
  if (position.base) {
    return std::unexpected(CollectionFailure{
        CollectionProblem::bad_columns, table.name.name,
        fmt::format("its key was {} and is {} now, by which a snapshot can not find what was there "
                    "before; `sluice collect BUREAU --dataset DATASET --anew` reads the table as "
                    "if for the first time, and does not find what was deleted since the last run",
                    fmt::join(position.key, ", "), fmt::join(key, ", "))});
  }
  position.key = std::move(key);
  position.loaded_up_to.reset();
  position.run.reset();
  return {};
}

}  // namespace

std::string_view name_of(const Capture& way) {
  return std::visit(
      Overloaded{[](const capture::BySnapshot&) -> std::string_view { return "snapshot"; },
                 [](const capture::ByWatermark&) -> std::string_view { return "watermark"; },
                 [](const capture::ByFlag&) -> std::string_view { return "flag"; },
                 [](const capture::ByChangeLog&) -> std::string_view { return "change-log"; }},
      way);
}

FrontEndCollector::FrontEndCollector(Source source, intake::Settlement& settlement)
    : source_(std::move(source)), settlement_(settlement) {}

Result<void> FrontEndCollector::collect(intake::Door& door, Progress& progress) {
  auto connection = odbc::Connection::open(source_.access);
  if (!connection) return std::unexpected(collection_failure(connection.error()));
  return collect_from(*connection, door, progress);
}

Result<Position> FrontEndCollector::find_position() const {
  Position position{.capture = std::string(name_of(source_.exchange.capture))};
  if (settlement_.position().empty() || source_.reads_anew) return position;
  auto kept = parse_position(settlement_.position());
  if (!kept) {
    return std::unexpected(CollectionFailure{
        CollectionProblem::journal_failed, source_.dataset.str(),
        "the journal's note of where this table stands can not be read: it may be of a later "
        "version; `sluice collect BUREAU --anew` reads the table as if for the first time"});
  }
  // Another way of capture knows nothing of what this one has seen.
  if (kept->capture != position.capture) return position;
  return std::move(*kept);
}

Result<void> FrontEndCollector::collect_from(odbc::Connection& connection, intake::Door& door,
                                             Progress& progress) {
  SLUICE_TRY(check_stated_key(source_));
  const auto* by_log = std::get_if<capture::ByChangeLog>(&source_.exchange.capture);
  const bool has_records = by_log != nullptr && !source_.exchange.table.name.empty();
  auto table = SLUICE_TRY(find_table(
      connection, by_log != nullptr ? wanted_log(source_, *by_log) : wanted_records(source_)));
  std::optional<SourceTable> records;
  if (has_records) {
    auto found = SLUICE_TRY(find_table(connection, wanted_records(source_)));
    records = std::move(found);
  }
  const SourceTable& described = records ? *records : table;
  auto position = SLUICE_TRY(find_position());
  if (!source_.accepts_columns) {
    SLUICE_TRY(check_types(described, position.columns));
  }
  position.columns = described.types();
  SLUICE_TRY(go_on_by_key(described, position));
  if (std::holds_alternative<capture::BySnapshot>(source_.exchange.capture)) {
    ask_for_digest(connection.dialect(), table);
  }
  SLUICE_TRY(announce(described, door));

  TableReader reader(connection, table, source_.max_row_bytes, door, progress);
  std::optional<TableReader> record_reader;
  if (records) record_reader.emplace(connection, *records, source_.max_row_bytes, door, progress);
  CaptureRun run{.connection = connection,
                 .reader = reader,
                 .settlement = settlement_,
                 .position = std::move(position),
                 .folder = source_.folder,
                 .dataset = source_.dataset,
                 .page_rows = source_.page_rows,
                 .now = source_.now,
                 .deletes_anyway = source_.deletes_anyway};
  const Result<void> done = std::visit(
      Overloaded{[&](const capture::BySnapshot& way) { return run_snapshot(run, way); },
                 [&](const capture::ByWatermark& way) { return run_watermark(run, way); },
                 [&](const capture::ByFlag& way) { return run_flag(run, way); },
                 [&](const capture::ByChangeLog& way) {
                   return run_change_log(run, way, record_reader ? &*record_reader : nullptr);
                 }},
      source_.exchange.capture);
  held_back_ = run.held_back;
  return done;
}

}  // namespace sluice::adapters::front_end

#include "jobs/task_sheet.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>
#include <span>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "adapters/disk/input_file.h"
#include "jobs/due_time.h"
#include "record/digest.h"
#include "settings/complaints.h"

namespace sluice::jobs {
namespace {

namespace disk = adapters::disk;

constexpr std::array<std::string_view, 3> known_columns = {"title", "priority", "due"};

// Where each known column stands.
using Places = std::array<std::optional<std::size_t>, known_columns.size()>;

std::expected<Places, std::vector<SheetFault>> places_of(const disk::CsvTable& table) {
  Places places;
  std::vector<SheetFault> faults;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    const std::string& name = table.columns[i];
    const auto known = std::ranges::find(known_columns, name);
    if (known == known_columns.end()) {
      const bool is_empty = name.empty() && std::ranges::all_of(table.rows, [&](const auto& row) {
                              return row.cells.empty() || row.cells[i].empty();
                            });
      if (is_empty) continue;  // a spreadsheet writes them
      faults.push_back({table.header_line, settings::in_quotes(name),
                        fmt::format("there is no such column; expected {}; take it out",
                                    fmt::join(known_columns, ", "))});
      continue;
    }
    auto& place = places[static_cast<std::size_t>(known - known_columns.begin())];
    if (place) faults.push_back({table.header_line, name, "the column comes twice: take one out"});
    place = i;
  }
  if (!places.front() && faults.empty()) {
    faults.push_back({table.header_line, "title",
                      "the column is missing; expected a header such as title,priority,due"});
  }
  if (!faults.empty()) return std::unexpected(std::move(faults));
  return places;
}

// Reads one line after the other, and keeps what is wrong with them.
class Lines {
 public:
  Lines(const TaskSheetReading& reading, const Places& places)
      : reading_(reading), places_(places) {}

  void read(const disk::CsvTableRow& row) {
    if (!row.fault.empty()) {
      faults.push_back({row.line, "", row.fault});
      return;
    }
    const auto priority = task_priority(cell(row, 1));
    if (!priority) faults.push_back({row.line, "priority", found(cell(row, 1), priority.error())});
    const auto due = due_time(cell(row, 2), reading_.zone);
    if (!due) faults.push_back({row.line, "due", found(cell(row, 2), due.error())});
    tasks::NewTask task{.bureau = reading_.bureau,
                        .dataset = reading_.dataset,
                        .title = std::string(cell(row, 0)),
                        .origin = tasks::Origin::sheet,
                        .origin_text = fmt::format("{}, line {}", reading_.name, row.line),
                        .priority = priority.value_or(0),
                        .due = due.value_or(std::nullopt)};
    if (const auto fits = tasks::check(task); !fits) {
      faults.push_back({row.line, "title", record::to_string(fits.error())});
    }
    tasks.push_back(std::move(task));
  }

  std::vector<tasks::NewTask> tasks;
  std::vector<SheetFault> faults;

 private:
  [[nodiscard]] std::string_view cell(const disk::CsvTableRow& row, std::size_t column) const {
    return places_[column] ? std::string_view(row.cells[*places_[column]]) : std::string_view();
  }
  // What stands there is a priority or a time and no record's value.
  static std::string found(std::string_view text, const record::Flaw& flaw) {
    return fmt::format("found {}; {}", settings::in_quotes(text), flaw.sentence);
  }

  const TaskSheetReading& reading_;
  const Places& places_;
};

}  // namespace

std::expected<TaskSheet, std::vector<SheetFault>> read_task_sheet(std::string_view bytes,
                                                                  const TaskSheetReading& reading,
                                                                  const disk::CsvParser& parser) {
  const disk::Format format{.dialect = {}, .encoding = reading.encoding};
  const auto table =
      parser.table({.bytes = bytes, .format = format, .most_rows = tasks::most_added_at_once});
  if (!table) {
    const auto line = std::strtoull(table.error().place.c_str(), nullptr, 10);
    return std::unexpected(std::vector<SheetFault>{{line, "", table.error().sentence}});
  }
  const auto places = places_of(*table);
  if (!places) return std::unexpected(places.error());
  Lines lines(reading, *places);
  for (const disk::CsvTableRow& row : table->rows)
    lines.read(row);
  if (table->rows.empty()) {
    lines.faults.push_back({0, "", "there is no line below the header: a line is a task"});
  }
  if (!lines.faults.empty()) return std::unexpected(std::move(lines.faults));
  TaskSheet sheet{.tasks = std::move(lines.tasks), .entries = {}};
  const std::string request =
      fmt::format("sheet {} {} {}", reading.bureau.str(), reading.dataset.str(),
                  record::to_string(record::sha256(bytes)));
  for (const disk::CsvTableRow& row : table->rows)
    sheet.entries.push_back(tasks::entry_of_request(request, row.line));
  return sheet;
}

std::expected<std::string, record::Flaw> read_sheet_file(const std::filesystem::path& file) {
  auto opened = disk::InputFile::open(file);
  if (!opened) return std::unexpected(record::Flaw{record::to_string(opened.error())});
  std::string bytes;
  for (;;) {
    constexpr std::size_t piece = std::size_t{64} << 10;
    const std::size_t before = bytes.size();
    bytes.resize(before + piece);
    const auto count = opened->read(std::span(bytes).subspan(before));
    if (!count) return std::unexpected(record::Flaw{record::to_string(count.error())});
    bytes.resize(before + *count);
    if (*count == 0) break;
    if (bytes.size() > largest_task_sheet) {
      return std::unexpected(
          record::Flaw{fmt::format("{}: it has more than {} MiB: add the tasks in parts",
                                   file.string(), largest_task_sheet >> 20U)});
    }
  }
  if (const auto unchanged = opened->check_unchanged(); !unchanged) {
    return std::unexpected(record::Flaw{record::to_string(unchanged.error())});
  }
  return bytes;
}

}  // namespace sluice::jobs

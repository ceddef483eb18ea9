// A sheet of tasks: a CSV file with a line for each record that is to be keyed, by a column `title`
// and, if wanted, `priority` and `due`. Taken whole or not at all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <date/tz.h>

#include "adapters/disk/csv_parser.h"
#include "adapters/disk/format.h"
#include "record/failure.h"
#include "tasks/tasks.h"

namespace sluice::jobs {

struct SheetFault {
  std::uint64_t line = 0;  // 0: the whole file
  std::string column;      // empty: the whole line
  std::string sentence;
};

struct TaskSheet {
  std::vector<tasks::NewTask> tasks;
  // By which the tasks are known again: of the same lines of the same bytes for the same dataset
  // they are the same, whatever the file is called.
  std::vector<tasks::EntryId> entries;
};

// For whom the tasks are, and how the sheet is written.
struct TaskSheetReading {
  record::BureauId bureau;
  record::DatasetId dataset;
  std::string name;  // the file's, for people
  adapters::disk::Encoding encoding = adapters::disk::Encoding::utf_8;
  const date::time_zone& zone;
};

constexpr std::size_t largest_task_sheet = std::size_t{16} << 20;  // bytes

// The faults in the sheet's order, all of them.
[[nodiscard]] std::expected<TaskSheet, std::vector<SheetFault>> read_task_sheet(
    std::string_view bytes, const TaskSheetReading& reading,
    const adapters::disk::CsvParser& parser);

// A regular file of at most largest_task_sheet, whole.
[[nodiscard]] std::expected<std::string, record::Flaw> read_sheet_file(
    const std::filesystem::path& file);

}  // namespace sluice::jobs

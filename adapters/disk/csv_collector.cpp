#include "adapters/disk/csv_collector.h"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "adapters/disk/form_fault.h"
#include "record/try.h"

namespace sluice::adapters::disk {
namespace {

Result<void> check_names(const std::vector<std::string>& columns, std::uint64_t line) {
  // Never the names themselves: where a header is missing, they are somebody's data.
  std::map<std::string_view, std::size_t> seen;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const auto bad = [&](std::string sentence) {
      return std::unexpected(CollectionFailure{CollectionProblem::bad_columns, fmt::to_string(line),
                                               std::move(sentence)});
    };
    if (columns[i].empty()) {
      return bad(
          fmt::format("column {} of the header has no name; expected a name for each of its "
                      "{} columns",
                      i + 1, columns.size()));
    }
    const auto [at, is_new] = seen.emplace(columns[i], i + 1);
    if (!is_new) {
      return bad(
          fmt::format("columns {} and {} of the header have the same name; expected each "
                      "name once",
                      at->second, i + 1));
    }
  }
  return {};
}

CollectionProblem problem_of_header(const intake::RowProblem& problem) {
  if (problem.rule == "too-large") return CollectionProblem::too_large;
  if (problem.rule == "encoding" || problem.rule == "nul") return CollectionProblem::bad_encoding;
  return CollectionProblem::bad_syntax;
}

}  // namespace

CsvCollector::CsvCollector(std::filesystem::path path, Format format, std::size_t max_row_bytes,
                           FileDigest expected)
    : path_(std::move(path)),
      format_(std::move(format)),
      max_row_bytes_(max_row_bytes),
      expected_(expected) {}

Result<void> CsvCollector::collect(intake::Door& door, Progress& progress) {
  auto file = SLUICE_TRY(InputFile::open(path_));
  if (file.stamp() != expected_.stamp) return std::unexpected(changed_while_read(path_));
  TrackedSource source(file, progress);
  auto reader = CsvReader::open(source, format_, max_row_bytes_);
  if (!reader) return failure(reader.error());
  SLUICE_TRY(collect_rows(*reader, source, door));

  SLUICE_TRY(file.check_unchanged());
  // A write within the file system's time step, of the same length, leaves no other trace.
  if (source.digest() != expected_.digest) return std::unexpected(changed_while_read(path_));
  source.tell();
  return {};
}

Result<void> CsvCollector::collect_rows(CsvReader& reader, TrackedSource& source,
                                        intake::Door& door) {
  auto event = reader.next(0);
  if (!event) return failure(event.error());
  const auto columns = read_columns(reader, *event);
  if (!columns) return failure(columns.error());
  if (auto begun = door.begin(*columns); !begun) {
    return failure_of_door(explained(begun.error(), *columns, reader.original()), reader.line());
  }
  if (!format_.dialect.header) {
    SLUICE_TRY(hand_over(reader, *event, source, door));
  }
  for (;;) {
    event = reader.next(columns->size());
    if (!event) return failure(event.error());
    if (*event == CsvReader::Event::end) return {};
    SLUICE_TRY(hand_over(reader, *event, source, door));
  }
}

// Without a header, columns are named by their places (field1, field2 …), as the Frictionless tools
// do, and the first row says how many there are.
Result<std::vector<std::string>> CsvCollector::read_columns(CsvReader& reader,
                                                            CsvReader::Event first) {
  const std::string place = fmt::to_string(reader.line());
  if (first == CsvReader::Event::end) {
    return std::unexpected(CollectionFailure{
        CollectionProblem::bad_syntax, place,
        fmt::format("the file has no row; expected {}",
                    format_.dialect.header ? "a header with the columns' names" : "at least one")});
  }
  if (first == CsvReader::Event::fault) {
    const intake::RowProblem& problem = reader.problem();
    return std::unexpected(CollectionFailure{
        problem_of_header(problem), place,
        fmt::format(
            "the {} can not be read: {}", format_.dialect.header ? "header" : "first row",
            form_of_fault(problem, reader.original(), max_row_bytes_).value_or(problem.sentence))});
  }
  if (is_separator_line(reader.original())) {
    return std::unexpected(CollectionFailure{
        CollectionProblem::bad_syntax, place,
        fmt::format(
            "found the line `sep=` that spreadsheets write for themselves, expected {}: take "
            "the line out, or have the file written without it",
            format_.dialect.header ? "the header" : "the first row")});
  }
  std::vector<std::string> columns;
  if (!format_.dialect.header) {
    for (std::size_t i = 1; i <= reader.values().size(); ++i)
      columns.push_back(fmt::format("field{}", i));
    return columns;
  }
  for (const intake::SourceValue& value : reader.values())
    columns.emplace_back(value.value_or(std::string_view()));
  SLUICE_TRY(check_names(columns, reader.line()));
  header_ = reader.original();
  return columns;
}

// Where all is in one column, that is what is wrong, and not that the others are missing.
intake::IntakeFailure CsvCollector::explained(const intake::IntakeFailure& refusal,
                                              const std::vector<std::string>& columns,
                                              std::string_view first_row) const {
  intake::IntakeFailure told = refusal;
  if (refusal.code != intake::IntakeProblem::columns_mismatch || columns.size() != 1) return told;
  if (const auto other = other_delimiter(first_row, format_.dialect)) {
    told.sentence = "the delimiter is not the declared one: " + *other;
  }
  return told;
}

Result<void> CsvCollector::hand_over(CsvReader& reader, CsvReader::Event event,
                                     TrackedSource& source, intake::Door& door) {
  source.count_row();
  intake::Result<void> handed;
  if (event == CsvReader::Event::row) {
    handed = door.accept({.values = reader.values(),
                          .original = reader.original(),
                          .place = reader.line(),
                          .operation = record::Operation::upsert,
                          .source_time = std::nullopt});
  } else {
    handed = door.reject(reader.line(), reader.original(), reader.problem());
  }
  if (handed) return {};
  return failure_of_door(handed.error(), reader.line());
}

std::unexpected<CollectionFailure> CsvCollector::failure_of_door(
    const intake::IntakeFailure& refusal, std::uint64_t line) const {
  CollectionFailure inner = collection_failure(refusal);
  const bool is_of_header = refusal.code == intake::IntakeProblem::columns_mismatch;
  if (inner.place.empty() || is_of_header) inner.place = fmt::to_string(line);
  return failure(std::move(inner));
}

// Makes a line into file:line; a failure that names the file already stays as it is.
std::unexpected<CollectionFailure> CsvCollector::failure(CollectionFailure inner) const {
  const bool is_line =
      std::ranges::all_of(inner.place, [](char c) { return c >= '0' && c <= '9'; });
  if (inner.place.empty()) {
    inner.place = path_.string();
  } else if (is_line) {
    inner.place = path_.string() + ":" + inner.place;
  }
  return std::unexpected(std::move(inner));
}

}  // namespace sluice::adapters::disk

#include "jobs/replay_job.h"

#include <algorithm>
#include <utility>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "adapters/direct/call_collector.h"
#include "intake/call_intake.h"
#include "record/copy_text.h"
#include "record/rules.h"

namespace sluice::jobs {
namespace {

class NoProgress : public adapters::Progress {
 public:
  void advanced(std::uint64_t, std::uint64_t, std::uint64_t) override {}
};

std::vector<std::string> columns_of(const journal::QuarantinedRow& row) {
  boost::system::error_code error;
  const boost::json::value value = boost::json::parse(row.columns, error);
  std::vector<std::string> columns;
  if (error || !value.is_array()) return columns;
  for (const auto& name : value.get_array()) {
    if (const auto* text = name.if_string()) columns.emplace_back(text->data(), text->size());
  }
  return columns;
}

// An event keeps its envelope in the quarantine (direct::quarantined_as).
bool is_event(std::string_view json) {
  boost::system::error_code error;
  const boost::json::value value = boost::json::parse({json.data(), json.size()}, error);
  return !error && value.is_object() && value.get_object().contains("specversion") &&
         value.get_object().contains("source") && value.get_object().contains("type");
}

std::expected<void, record::Flaw> read_json(std::string_view json, record::Mode mode,
                                            const std::vector<std::string>& columns,
                                            std::uint64_t max_row_bytes, intake::Door& door) {
  using namespace adapters::direct;
  const MemberTable members(columns);
  const bool was_event = mode == record::Mode::direct && is_event(json);
  const Call call{.media_type = was_event ? MediaType::event : MediaType::json, .body = json};
  RowBuffers buffers;
  NoProgress progress;
  auto collected = CallCollector(call, members, max_row_bytes, buffers).collect(door, progress);
  if (!collected) return std::unexpected(record::Flaw{record::to_string(collected.error())});
  return {};
}

std::expected<void, record::Flaw> read_csv(std::string_view line, std::uint64_t place,
                                           const std::vector<std::string>& columns,
                                           const settings::Publication& publication,
                                           const adapters::disk::CsvParser& parser,
                                           intake::Door& door) {
  const auto row = parser.row({.bytes = line,
                               .format = publication.disk,
                               .columns = columns.size(),
                               .max_row_bytes = publication.max_row_bytes});
  if (!row) return std::unexpected(record::Flaw{record::to_string(row.error())});
  if (!row->fault.empty()) return std::unexpected(record::Flaw{row->fault});
  const std::vector<intake::SourceValue> values(row->values.begin(), row->values.end());
  const auto taken = door.accept({.values = values, .original = line, .place = place});
  if (!taken) return std::unexpected(record::Flaw{record::to_string(taken.error())});
  return {};
}

// Lines of a batch, as the center refused them or as somebody has corrected them: no mapping is
// theirs any more, only the schema.
std::expected<journal::Submission, record::Flaw> read_lines(std::string_view bytes,
                                                            const exchange::KnownDataset& known) {
  journal::Submission submission;
  std::string buffer;
  std::vector<std::string_view> columns(record::leading_columns +
                                        known.dataset.schema.fields.size());
  while (!bytes.empty()) {
    const std::size_t end = std::min(bytes.find('\n'), bytes.size());
    const std::string_view line = bytes.substr(0, end);
    bytes.remove_prefix(std::min(end + 1, bytes.size()));
    if (!record::split_line(line, columns)) {
      return std::unexpected(record::Flaw{fmt::format(
          "{}: expected a line of {} columns with a tab between each: U or D, the time at the "
          "source or \\N, and the fields of the dataset",
          record::Rule("format").text(), columns.size())});
    }
    if (const auto refused = known.checker.check_line(line, buffer)) {
      return std::unexpected(
          record::Flaw{fmt::format("{}{}{}: {}", refused->field, refused->field.empty() ? "" : ": ",
                                   refused->violation.rule.text(), refused->violation.sentence)});
    }
    ++(line.front() == static_cast<char>(record::Operation::remove) ? submission.deletes
                                                                    : submission.upserts)
          .value;
    submission.lines.append(line).push_back('\n');
  }
  if (submission.lines.empty()) {
    return std::unexpected(record::Flaw{"there is no row in the bytes given"});
  }
  return submission;
}

// The digest of the schema of a line that the center refused, where it is not the present one.
std::optional<record::Digest> earlier_schema(const journal::QuarantinedRow& row,
                                             const exchange::KnownDataset& known) {
  const auto written = record::parse_digest(row.columns);
  if (!written || *written == known.schema) return std::nullopt;
  return *written;
}

const settings::Publication* publication_of(const settings::Bureau& bureau,
                                            const record::DatasetId& dataset) {
  const auto found = std::ranges::find(bureau.publishes, dataset, &settings::Publication::dataset);
  return found == bureau.publishes.end() ? nullptr : &*found;
}

// Corrected or not, and of however many lines, they stand where the entry does; a batch's payload
// as it is has its rows.
journal::SourcePlaces places_of(const journal::QuarantinedRow& row,
                                const journal::Submission& submission) {
  journal::SourcePlaces places{.source = row.source, .runs = {}};
  const std::uint64_t rows = submission.upserts.value + submission.deletes.value;
  const bool is_payload = row.refused && row.refused->row == 0;
  for (std::uint64_t number = 1; number <= rows; ++number)
    places.add(number, is_payload ? number : row.place);
  return places;
}

}  // namespace

std::expected<journal::Placement, SettlementFailure> replay(
    const installation::Installation& installation, const record::BureauId& bureau,
    const ReplayRequest& request) {
  using enum SettlementProblem;
  const auto failure = [&](SettlementProblem problem, std::string sentence) {
    return std::unexpected(settlement_failure(problem, request.id, std::move(sentence)));
  };
  auto journal = installation.open_journal(bureau);
  if (!journal) return failure(failed, record::to_string(journal.error()));
  const auto entry = journal->quarantine_entry(request.id);
  if (!entry) return failure(failed, record::to_string(entry.error()));
  if (!*entry) return failure(not_waiting, "there is no such entry");
  if ((*entry)->state != journal::QuarantineState::waiting) {
    return failure(not_waiting, fmt::format("it was {} before", to_string((*entry)->state)));
  }
  const journal::QuarantinedRow& row = (*entry)->row;
  const settings::Publication* publication =
      publication_of(installation.settings.bureaus.at(bureau), row.dataset);
  const exchange::KnownDataset* known = installation.catalogue.find(row.dataset);
  if (publication == nullptr || known == nullptr) {
    return failure(not_published,
                   fmt::format("{} no longer publishes {}", bureau.str(), row.dataset.str()));
  }
  if (auto why = request.objection(row.dataset)) {
    return failure(failed, std::move(*why));
  }
  const std::string_view bytes = request.corrected ? *request.corrected : row.original;
  const auto again =
      [&](journal::Submission submission) -> std::expected<journal::Placement, SettlementFailure> {
    submission.places = places_of(row, submission);
    auto placement = journal->replay(request.id, submission, {.by = request.by, .note = ""});
    if (placement) return *placement;
    // Somebody was faster.
    if (placement.error().code == journal::JournalProblem::not_waiting) {
      return failure(not_waiting, placement.error().sentence);
    }
    return failure(failed, record::to_string(placement.error()));
  };
  if (row.refused) {
    std::string present(bytes);
    const auto written = earlier_schema(row, *known);
    if (written && !request.corrected) {
      auto line = request.earlier.turn(installation, *known, *written, bytes);
      if (!line) return failure(still_refused, line.error().sentence);
      present = std::move(*line);
    }
    auto submission = read_lines(present, *known);
    if (!submission) return failure(still_refused, submission.error().sentence);
    submission->origin = installation.origin(row.dataset, row.mode);
    return again(std::move(*submission));
  }
  const std::vector<std::string> columns = columns_of(row);
  const auto plan =
      intake::ConversionPlan::bind(known->dataset, known->checker, publication->mapping, columns);
  if (!plan) return failure(still_refused, record::to_string(plan.error()));
  intake::CallIntake intake(*plan, installation.origin(row.dataset, row.mode), row.source,
                            row.columns);
  // A file's row is a line of it; every other mode keeps its rows as JSON.
  const auto read = row.mode == record::Mode::disk
                        ? read_csv(bytes, row.place, columns, *publication, request.parser, intake)
                        : read_json(bytes, row.mode, columns, publication->max_row_bytes, intake);
  if (!read) return failure(still_refused, read.error().sentence);
  if (!intake.refused().empty()) {
    const intake::RowProblem& problem = intake.refused().front().problem;
    return failure(still_refused,
                   fmt::format("{}{}{}: {}", problem.field, problem.field.empty() ? "" : ": ",
                               problem.rule.text(), problem.sentence));
  }
  return again(intake.take());
}

std::string columns_of_line(const journal::QuarantinedRow& row,
                            const exchange::KnownDataset& known) {
  if (earlier_schema(row, known)) return "";
  boost::json::array names{"(U or D)", "(time at the source)"};
  for (const record::Field& field : known.dataset.schema.fields)
    names.emplace_back(field.name);
  return boost::json::serialize(names);
}

}  // namespace sluice::jobs

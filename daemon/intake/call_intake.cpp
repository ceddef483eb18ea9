#include "intake/call_intake.h"

#include <utility>

namespace sluice::intake {

CallIntake::CallIntake(const ConversionPlan& plan, const journal::DatasetOrigin& origin,
                       std::string source, std::string columns)
    : plan_(plan), source_(std::move(source)), columns_(std::move(columns)) {
  submission_.origin = origin;
}

Result<void> CallIntake::begin(std::span<const std::string> columns) {
  if (plan_.takes(columns.size())) return {};
  return std::unexpected(IntakeFailure{IntakeProblem::columns_mismatch, source_,
                                       "the columns are not those that the plan was made for"});
}

Result<void> CallIntake::accept(const SourceRow& row) {
  if (auto converted = plan_.convert(row, buffers_); !converted) {
    return reject(row.place, row.original.bytes(), converted.error());
  }
  submission_.lines += buffers_.line;
  ++(row.operation == record::Operation::upsert ? submission_.upserts : submission_.deletes).value;
  submission_.places.add(submission_.upserts.value + submission_.deletes.value, row.place);
  return {};
}

Result<void> CallIntake::reject(std::uint64_t place, std::string_view original,
                                const RowProblem& problem) {
  refused_.push_back({place, problem});
  submission_.quarantined.push_back({.dataset = submission_.origin.dataset,
                                     .mode = submission_.origin.mode,
                                     .source = source_,
                                     .place = place,
                                     .field = problem.field,
                                     .rule = problem.rule.text(),
                                     .sentence = problem.sentence,
                                     .columns = columns_,
                                     .original = std::string(original)});
  return {};
}

journal::Submission CallIntake::take() {
  journal::Submission taken = std::move(submission_);
  taken.places.source = source_;
  submission_ = {};
  submission_.origin = taken.origin;
  return taken;
}

}  // namespace sluice::intake

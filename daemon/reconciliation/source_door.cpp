#include "reconciliation/source_door.h"

#include <utility>

#include "record/try.h"

namespace sluice::reconciliation {

CanonicalRows::CanonicalRows(const Conversion& conversion)
    : conversion_(conversion),
      inspector_(conversion.dataset.schema, conversion.checker),
      key_(record::key_columns(conversion.dataset.schema)) {}

intake::Result<void> CanonicalRows::begin(std::span<const std::string> columns) {
  auto plan = SLUICE_TRY(intake::ConversionPlan::bind(conversion_.dataset, conversion_.checker,
                                                      conversion_.mapping, columns));
  plan_ = std::move(plan);
  return {};
}

bool CanonicalRows::inspect(const intake::SourceRow& row) {
  if (!plan_->convert(row, buffers_)) return false;
  const std::string_view line(buffers_.line.data(), buffers_.line.size() - 1);
  return !inspector_.inspect(line, row.place, inspected_);
}

std::optional<CanonicalRow> CanonicalRows::convert(const intake::SourceRow& row) {
  CanonicalRow canonical;
  if (inspect(row)) {
    canonical.digest = inspected_.digest;
    if (row.operation == record::Operation::remove) canonical.state = SourceState::removed;
  } else {
    // Which record it would have been is in the key alone.
    intake::SourceRow key = row;
    key.operation = record::Operation::remove;
    key.source_time.reset();
    if (!inspect(key)) return std::nullopt;
    canonical.state = SourceState::refused;
  }
  for (const std::size_t column : key_) {
    const std::string_view escaped = inspected_.columns[column];
    canonical.key.emplace_back(record::unescape(escaped, unescaped_).value_or(escaped));
  }
  return canonical;
}

intake::Result<void> SourceDoor::accept(const intake::SourceRow& row) {
  const auto canonical = rows_.convert(row);
  if (!canonical) {
    digests_.put_unknown();
    return {};
  }
  if (auto put = digests_.put(canonical->key, canonical->state, canonical->digest); !put) {
    return std::unexpected(intake::IntakeFailure{intake::IntakeProblem::journal_failed,
                                                 put.error().place, put.error().sentence});
  }
  return {};
}

intake::Result<void> SourceDoor::reject(std::uint64_t, std::string_view,
                                        const intake::RowProblem&) {
  digests_.put_unknown();
  return {};
}

}  // namespace sluice::reconciliation

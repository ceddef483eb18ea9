#include "intake/change_intake.h"

#include <algorithm>
#include <utility>

#include "record/try.h"

namespace sluice::intake {

ChangeIntake::ChangeIntake(const SourceDelivery& delivery, const BatchSize& size,
                           std::string position, BatchSink& sink)
    : delivery_(delivery), position_(std::move(position)), sink_(sink), batch_(delivery, size) {}

Result<void> ChangeIntake::begin(std::span<const std::string> columns) {
  auto plan = SLUICE_TRY(
      ConversionPlan::bind(delivery_.dataset, delivery_.checker, delivery_.mapping, columns));
  plan_ = std::move(plan);
  batch_.name_columns(columns);
  return {};
}

Result<void> ChangeIntake::accept(const SourceRow& row) {
  if (auto converted = plan_->convert(row, buffers_); !converted) {
    return reject(row.place, row.original.bytes(), converted.error());
  }
  ++counts_.rows;
  ++(row.operation == record::Operation::upsert ? counts_.upserts : counts_.deletes);
  batch_.add(row.operation, buffers_.line, row.place);
  return {};
}

Result<void> ChangeIntake::reject(std::uint64_t place, std::string_view original,
                                  const RowProblem& problem) {
  ++counts_.rows;
  ++counts_.quarantined;
  refused_.push_back({place, problem});
  return batch_.quarantine(place, original, problem, tally());
}

void ChangeIntake::remove(std::span<const std::string> key) {
  const auto& key_columns = delivery_.checker.key();
  std::string& line = buffers_.line;
  line.clear();
  record::begin_line(line, record::Operation::remove, std::nullopt);
  for (std::size_t i = 0; i < delivery_.dataset.schema.fields.size(); ++i) {
    line += '\t';
    const auto at = std::ranges::find(key_columns, i);
    if (at == key_columns.end()) {
      record::append_null(line);
    } else {
      record::append_escaped(line, key[static_cast<std::size_t>(at - key_columns.begin())]);
    }
  }
  line += '\n';
  ++counts_.rows;
  ++counts_.deletes;
  batch_.add(record::Operation::remove, line, 0);
}

std::optional<record::RowDigest> ChangeIntake::key_of(const SourceRow& row) {
  // Of a record that is gone the key is all that is looked at.
  SourceRow keyed = row;
  keyed.operation = record::Operation::remove;
  keyed.source_time.reset();
  if (!plan_->convert(keyed, buffers_)) return std::nullopt;
  return buffers_.key.digest();
}

Result<void> ChangeIntake::checkpoint(std::string position) {
  // A poll that found nothing costs no write.
  if (batch_.rows() == 0 && position == position_) return {};
  auto closed = SLUICE_TRY(batch_.close(position, tally()));
  position_ = std::move(position);
  refused_.clear();
  return sink_.put(std::move(closed));
}

Result<void> ChangeIntake::settle() {
  SLUICE_TRY(sink_.finish());
  return {};
}

}  // namespace sluice::intake

#include "intake/bulk_intake.h"

#include <array>
#include <utility>

#include <fmt/format.h>

#include "record/try.h"

namespace sluice::intake {
namespace {

// Of the canonical line with its operation and time: two rows that differ in their spelling only
// are copies too.
record::RowDigest content_digest(std::string_view line) {
  record::RowDigester digester;
  digester.add(0, line);
  return digester.digest();
}

std::unexpected<IntakeFailure> other_rows(const SourceDelivery& delivery) {
  return std::unexpected(IntakeFailure{
      IntakeProblem::other_rows, delivery.source,
      "its first rows are not those that were taken when it was begun: it changed while it was "
      "read, or its mapping did; it is to be read from the start"});
}

}  // namespace

BulkIntake::BulkIntake(const SourceDelivery& delivery, const BatchSize& size,
                       const SourceCursor& taken, const std::filesystem::path& scratch,
                       BatchSink& sink)
    : delivery_(delivery), taken_(taken), sink_(sink), keys_(scratch), batch_(delivery, size) {}

Result<void> BulkIntake::begin(std::span<const std::string> columns) {
  auto plan = SLUICE_TRY(
      ConversionPlan::bind(delivery_.dataset, delivery_.checker, delivery_.mapping, columns));
  plan_ = std::move(plan);
  batch_.name_columns(columns);
  return {};
}

Result<void> BulkIntake::accept(const SourceRow& row) {
  ++cursor_.rows;
  if (auto converted = plan_->convert(row, buffers_); !converted) {
    return quarantine(row.place, row.original.bytes(), converted.error());
  }
  const record::RowDigest content = content_digest(buffers_.line);
  remember(content);
  if (const auto first = keys_.insert(buffers_.key.digest(), content, row.place)) {
    if (first->has_same_content) return pass_over_copy();
    return keep_refused(
        row.place, row.original.bytes(),
        {"", "duplicate-key",
         fmt::format(
             "its primary key stands in row {} of this delivery already, with other content",
             first->place)});
  }
  ++cursor_.accepted;
  if (SLUICE_TRY(is_taken())) return {};
  batch_.add(row.operation, buffers_.line, row.place);
  return batch_.is_full() ? close_batch() : Result<void>();
}

// What the store would find unchanged; it does not even travel.
Result<void> BulkIntake::pass_over_copy() {
  ++cursor_.copies;
  static_cast<void>(SLUICE_TRY(is_taken()));
  return {};
}

Result<void> BulkIntake::reject(std::uint64_t place, std::string_view original,
                                const RowProblem& problem) {
  ++cursor_.rows;
  return quarantine(place, original, problem);
}

Result<void> BulkIntake::quarantine(std::uint64_t place, std::string_view original,
                                    const RowProblem& problem) {
  remember(content_digest(original));
  return keep_refused(place, original, problem);
}

Result<void> BulkIntake::keep_refused(std::uint64_t place, std::string_view original,
                                      const RowProblem& problem) {
  ++cursor_.quarantined;
  if (SLUICE_TRY(is_taken())) return {};
  auto within = batch_.quarantine(place, original, problem, tally());
  return within && batch_.is_full() ? close_batch() : within;
}

Result<bool> BulkIntake::is_taken() {
  if (cursor_.rows > taken_.rows) return false;
  if (cursor_.rows == taken_.rows && taken_.read && cursor_.read != taken_.read) {
    return other_rows(delivery_);
  }
  batch_.begin_behind(tally());
  return true;
}

void BulkIntake::remember(const record::RowDigest& content) {
  const record::RowDigest before = cursor_.read.value_or(record::RowDigest());
  const std::array<std::uint64_t, 3> chained{before.low, content.high, content.low};
  record::RowDigester digester;
  digester.add(before.high,
               std::string_view(reinterpret_cast<const char*>(chained.data()), sizeof(chained)));
  cursor_.read = digester.digest();
}

Result<void> BulkIntake::close_batch() {
  auto closed = SLUICE_TRY(batch_.close(to_string(cursor_), tally()));
  return sink_.put(std::move(closed));
}

Result<record::Sequence> BulkIntake::finish() {
  if (cursor_.rows < taken_.rows) return other_rows(delivery_);
  cursor_.complete = true;
  batch_.end_delivery();
  SLUICE_TRY(close_batch());
  return sink_.finish();
}

}  // namespace sluice::intake

#include "intake/bulk_intake.h"

#include <algorithm>
#include <utility>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace sluice::intake {

BulkIntake::BulkIntake(const Delivery& delivery, const BatchSize& size, const SourceCursor& taken,
                       const std::filesystem::path& scratch, BatchSink& sink)
    : delivery_(delivery), size_(size), taken_(taken), sink_(sink), keys_(scratch) {}

std::expected<void, IntakeFailure> BulkIntake::begin(std::span<const std::string> columns) {
  auto plan =
      ConversionPlan::bind(delivery_.dataset, delivery_.checker, delivery_.mapping, columns);
  if (!plan) return std::unexpected(plan.error());
  plan_ = std::move(*plan);
  columns_ = boost::json::serialize(boost::json::value_from(columns));
  return {};
}

std::expected<void, IntakeFailure> BulkIntake::accept(const SourceRow& row) {
  ++cursor_.rows;
  if (auto converted = plan_->convert(row, buffers_); !converted) {
    return quarantine(row.place, row.original, converted.error());
  }
  if (const auto first = keys_.insert(buffers_.key.digest(), row.place)) {
    return quarantine(
        row.place, row.original,
        {"", "duplicate-key",
         fmt::format("its primary key stands in row {} of this delivery already", *first)});
  }
  ++cursor_.accepted;
  if (is_taken()) return {};
  batch_.lines += buffers_.line;
  batch_bytes_ += buffers_.line.size();
  ++(row.operation == record::Operation::upsert ? batch_.upserts : batch_.deletes).value;
  return is_full() ? close_batch() : std::expected<void, IntakeFailure>();
}

bool BulkIntake::is_full() const {
  const std::uint64_t rows =
      batch_.upserts.value + batch_.deletes.value + batch_.quarantined.size();
  return rows >= size_.rows || batch_bytes_ >= size_.bytes;
}

std::expected<void, IntakeFailure> BulkIntake::reject(std::uint64_t place,
                                                      std::string_view original,
                                                      const RowProblem& problem) {
  ++cursor_.rows;
  return quarantine(place, original, problem);
}

std::expected<void, IntakeFailure> BulkIntake::quarantine(std::uint64_t place,
                                                          std::string_view original,
                                                          const RowProblem& problem) {
  ++cursor_.quarantined;
  if (is_taken()) return {};
  ++reasons_[problem.field.empty() ? problem.rule : problem.field + ": " + problem.rule];
  batch_.quarantined.push_back({.dataset = delivery_.dataset.id,
                                .mode = delivery_.mode,
                                .source = delivery_.source,
                                .place = place,
                                .field = problem.field,
                                .rule = problem.rule,
                                .sentence = problem.sentence,
                                .columns = columns_,
                                .original = std::string(original)});
  batch_bytes_ += original.size() + columns_.size();
  if (auto within = check_limit(false); !within) return within;
  return is_full() ? close_batch() : std::expected<void, IntakeFailure>();
}

std::expected<void, IntakeFailure> BulkIntake::check_limit(bool batch_is_whole) const {
  const std::uint64_t bad = batch_.quarantined.size();
  const std::uint64_t rows = bad + batch_.upserts.value + batch_.deletes.value;
  const RejectLimit& limit = delivery_.reject_limit;
  const bool too_many = limit.rows && bad > *limit.rows;
  const bool too_large_a_share =
      limit.share && batch_is_whole &&
      static_cast<double>(bad) > *limit.share * static_cast<double>(rows);
  if (!too_many && !too_large_a_share) return {};
  const auto most = std::ranges::max_element(
      reasons_, {}, &std::map<std::string, std::uint64_t>::value_type::second);
  return std::unexpected(IntakeFailure{
      IntakeProblem::refused,
      fmt::format("{}:{}", delivery_.source, batch_.quarantined.back().place),
      fmt::format("{} of {} rows of this batch failed, more than reject_limit allows; most often: "
                  "{}. Source rows up to {} are taken, this batch and what follows it is not; "
                  "correct the source or the mapping and send it again",
                  bad, rows, most->first, cursor_.rows - rows)});
}

std::expected<void, IntakeFailure> BulkIntake::close_batch() {
  if (auto within = check_limit(true); !within) return within;
  batch_.cursor = cursor_;
  batch_bytes_ = 0;
  ConvertedBatch next;
  next.lines.reserve(batch_.lines.size() + batch_.lines.size() / 8);
  std::swap(batch_, next);
  return sink_.put(std::move(next));
}

std::expected<record::Sequence, IntakeFailure> BulkIntake::finish() {
  cursor_.complete = true;
  if (auto closed = close_batch(); !closed) return std::unexpected(closed.error());
  return sink_.finish();
}

}  // namespace sluice::intake

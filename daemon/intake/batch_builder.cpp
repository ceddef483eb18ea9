#include "intake/batch_builder.h"

#include <algorithm>
#include <utility>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace sluice::intake {

void BatchBuilder::name_columns(std::span<const std::string> columns) {
  columns_ = boost::json::serialize(boost::json::value_from(columns));
}

void BatchBuilder::add(record::Operation operation, std::string_view line, std::uint64_t place) {
  batch_.lines += line;
  bytes_ += line.size();
  ++(operation == record::Operation::upsert ? batch_.upserts : batch_.deletes).value;
  batch_.places.add(batch_.upserts.value + batch_.deletes.value, place);
}

Result<void> BatchBuilder::quarantine(std::uint64_t place, std::string_view original,
                                      const RowProblem& problem, const RowTally& delivery) {
  const std::string rule = problem.rule.text();
  ++reasons_[problem.field.empty() ? rule : problem.field + ": " + rule];
  batch_.quarantined.push_back({.dataset = delivery_.dataset.id,
                                .mode = delivery_.mode,
                                .source = delivery_.source,
                                .place = place,
                                .field = problem.field,
                                .rule = problem.rule.text(),
                                .sentence = problem.sentence,
                                .columns = columns_,
                                .original = std::string(original)});
  bytes_ += original.size() + columns_.size();
  if (const auto passed = passed_rows(delivery_.reject_limit, counted(delivery))) {
    return refused(*passed);
  }
  return {};
}

std::uint64_t BatchBuilder::rows() const {
  return batch_.upserts.value + batch_.deletes.value + batch_.quarantined.size();
}

RowTally BatchBuilder::since_close(const RowTally& delivery) const {
  return {delivery.rows - closed_.rows, delivery.failed - closed_.failed};
}

Counted BatchBuilder::counted(const RowTally& delivery) const {
  const RowTally batch = since_close(delivery);
  const std::uint64_t to_come = std::max(delivery_.most_rows, delivery.rows) - delivery.rows;
  const auto& window = delivery_.reject_limit.window;
  if (!window) return {batch, delivery, to_come};
  RowTally recent = delivery_.recent.within(*window);
  recent += batch;
  return {batch, recent, to_come};
}

std::unexpected<IntakeFailure> BatchBuilder::refused(const std::string& passed) const {
  const auto most = std::ranges::max_element(
      reasons_, {}, &std::map<std::string, std::uint64_t>::value_type::second);
  return std::unexpected(IntakeFailure{
      IntakeProblem::refused,
      fmt::format("{}:{}", delivery_.source, batch_.quarantined.back().place),
      fmt::format(
          "{}; most often: {}. Source rows up to {} are taken, this batch and what follows it "
          "is not; correct the source or the mapping and send it again",
          passed, most->first, closed_.rows)});
}

Result<ConvertedBatch> BatchBuilder::close(std::string cursor, const RowTally& delivery) {
  const RejectLimit& limit = delivery_.reject_limit;
  if (const auto passed = passed_share(limit, counted(delivery))) return refused(*passed);
  ConvertedBatch next;
  next.lines.reserve(batch_.lines.size() + batch_.lines.size() / 8);
  std::swap(batch_, next);
  next.places.source = delivery_.source;
  next.cursor = std::move(cursor);
  if (limit.window) {
    next.tally = since_close(delivery);
    delivery_.recent.add(*next.tally);
  }
  closed_ = delivery;
  bytes_ = 0;
  return next;
}

}  // namespace sluice::intake

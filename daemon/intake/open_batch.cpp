#include "intake/open_batch.h"

#include <algorithm>
#include <utility>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace sluice::intake {

void OpenBatch::name_columns(std::span<const std::string> columns) {
  columns_ = boost::json::serialize(boost::json::value_from(columns));
}

void OpenBatch::add(record::Operation operation, std::string_view line) {
  batch_.lines += line;
  bytes_ += line.size();
  ++(operation == record::Operation::upsert ? batch_.upserts : batch_.deletes).value;
}

std::expected<void, IntakeFailure> OpenBatch::quarantine(std::uint64_t place,
                                                         std::string_view original,
                                                         const RowProblem& problem,
                                                         std::uint64_t source_rows) {
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
  bytes_ += original.size() + columns_.size();
  return check_limit(false, source_rows);
}

std::uint64_t OpenBatch::rows() const {
  return batch_.upserts.value + batch_.deletes.value + batch_.quarantined.size();
}

std::expected<void, IntakeFailure> OpenBatch::check_limit(bool is_whole,
                                                          std::uint64_t source_rows) const {
  const std::uint64_t bad = batch_.quarantined.size();
  const RejectLimit& limit = delivery_.reject_limit;
  const bool too_many = limit.rows && bad > *limit.rows;
  const bool too_large_a_share =
      limit.share && is_whole &&
      static_cast<double>(bad) > *limit.share * static_cast<double>(rows());
  if (!too_many && !too_large_a_share) return {};
  const auto most = std::ranges::max_element(
      reasons_, {}, &std::map<std::string, std::uint64_t>::value_type::second);
  return std::unexpected(IntakeFailure{
      IntakeProblem::refused,
      fmt::format("{}:{}", delivery_.source, batch_.quarantined.back().place),
      fmt::format("{} of {} rows of this batch failed, more than reject_limit allows; most often: "
                  "{}. Source rows up to {} are taken, this batch and what follows it is not; "
                  "correct the source or the mapping and send it again",
                  bad, rows(), most->first, source_rows - rows())});
}

std::expected<ConvertedBatch, IntakeFailure> OpenBatch::close(std::string cursor,
                                                              std::uint64_t source_rows) {
  if (auto within = check_limit(true, source_rows); !within) {
    return std::unexpected(within.error());
  }
  ConvertedBatch next;
  next.lines.reserve(batch_.lines.size() + batch_.lines.size() / 8);
  std::swap(batch_, next);
  next.cursor = std::move(cursor);
  bytes_ = 0;
  return next;
}

}  // namespace sluice::intake

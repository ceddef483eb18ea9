#include "intake/reject_limit.h"

#include <utility>

#include <fmt/format.h>

#include "record/try.h"

namespace sluice::intake {
namespace {

std::string stretch(const RejectLimit& limit, std::string_view otherwise) {
  if (!limit.window) return fmt::format("of this {}", otherwise);
  return fmt::format("of the last {} minutes", limit.window->count());
}

}  // namespace

std::optional<std::string> passed_rows(const RejectLimit& limit, const Counted& counted) {
  const RowTally& tally = limit.window ? counted.delivery : counted.batch;
  if (!limit.rows || counted.batch.failed == 0 || tally.failed <= *limit.rows) return std::nullopt;
  return fmt::format("{} of {} rows {} failed, more than the {} that reject_limit.rows allows",
                     tally.failed, tally.rows, stretch(limit, "batch"), *limit.rows);
}

std::optional<std::string> passed_share(const RejectLimit& limit, const Counted& counted) {
  const RowTally& tally = counted.delivery;
  // Were all good that are to come, it would be a share of these.
  const std::uint64_t rows = tally.rows + counted.rows_to_come;
  if (!limit.share || counted.batch.failed == 0 || rows < limit.minimum_rows) return std::nullopt;
  if (static_cast<double>(tally.failed) <= *limit.share * static_cast<double>(rows)) {
    return std::nullopt;
  }
  return fmt::format(
      "{} of {}{} rows {} failed, more than the {:.4g} % that reject_limit.share allows",
      tally.failed, counted.rows_to_come > 0 ? "at most " : "", rows, stretch(limit, "delivery"),
      *limit.share * 100);
}

void RecentRows::add(const RowTally& batch) {
  if (!clock_) return;
  const auto minute = std::chrono::floor<std::chrono::minutes>(clock_());
  if (!tallies_.empty() && tallies_.back().minute == minute) {
    tallies_.back().tally += batch;
  } else {
    tallies_.push_back({minute, batch});
  }
}

RowTally RecentRows::within(std::chrono::minutes window) const {
  RowTally sum;
  if (!clock_) return sum;
  const auto since = std::chrono::floor<std::chrono::minutes>(clock_() - window);
  for (const journal::MinuteTally& one : tallies_) {
    if (one.minute >= since) sum += one.tally;
  }
  return sum;
}

journal::Result<RecentRows> recent_rows(journal::Journal& journal, const record::DatasetId& dataset,
                                        const RejectLimit& limit, journal::Clock clock) {
  if (!limit.window) return RecentRows();
  auto earlier = SLUICE_TRY(journal.tallies(dataset, clock() - *limit.window));
  return RecentRows(std::move(earlier), std::move(clock));
}

}  // namespace sluice::intake

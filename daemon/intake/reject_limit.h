// When so many rows fail that what they came with is not taken: a source or a mapping that is wrong
// as a whole should not fill the quarantine, nor half a register be taken for all of it.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "journal/journal.h"

namespace sluice::intake {

using journal::RowTally;

// Either of `rows` and `share` may be absent.
struct RejectLimit {
  // Failed rows of one batch (of a call: of the call).
  std::optional<std::uint64_t> rows;
  // 0 to 1: of all rows of the delivery (file, call, run); where nobody knows how many will come,
  // of those so far.
  std::optional<double> share;
  // Of fewer rows than these nobody can say a share: one failed row of three is no third.
  std::uint64_t minimum_rows = 1'000;
  // Where given, both count over this time instead, whatever the deliveries.
  std::optional<std::chrono::minutes> window;
};

// Two sums of rows, the batch in question in both.
struct Counted {
  RowTally batch;
  RowTally delivery;
  std::uint64_t rows_to_come = 0;  // of the delivery, at most
};

// What was counted and what is allowed, as the beginning of a sentence; nothing where the limit is
// kept. A batch of which no row failed always keeps it: it makes nothing worse.
[[nodiscard]] std::optional<std::string> passed_rows(const RejectLimit& limit,
                                                     const Counted& counted);
[[nodiscard]] std::optional<std::string> passed_share(const RejectLimit& limit,
                                                      const Counted& counted);

// What came of a dataset within its limit's window before a delivery began, to which the delivery's
// own batches are added.
class RecentRows {
 public:
  RecentRows() = default;
  RecentRows(std::vector<journal::MinuteTally> earlier, journal::Clock clock)
      : tallies_(std::move(earlier)), clock_(std::move(clock)) {}

  void add(const RowTally& batch);
  [[nodiscard]] RowTally within(std::chrono::minutes window) const;

 private:
  std::vector<journal::MinuteTally> tallies_;  // by minute; empty without a clock
  journal::Clock clock_;
};

// Of what the journal keeps; empty where the limit has no window.
[[nodiscard]] journal::Result<RecentRows> recent_rows(journal::Journal& journal,
                                                      const record::DatasetId& dataset,
                                                      const RejectLimit& limit,
                                                      journal::Clock clock);

}  // namespace sluice::intake

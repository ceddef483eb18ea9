#include "exchange/table_comparison.h"

#include <limits>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "exchange/scratch_failure.h"
#include "record/try.h"

namespace sluice::exchange {
namespace {

constexpr std::int64_t still_current = std::numeric_limits<std::int64_t>::max();

}  // namespace

TableComparison::TableComparison(const record::Dataset& dataset, const Replay& replay,
                                 ReplayedTables::Reader reader, Told told)
    : dataset_(dataset.id),
      replay_(replay),
      reader_(std::move(reader)),
      told_(std::move(told)),
      fields_(dataset.schema) {}

store::Result<TableComparison> TableComparison::begin(const record::Dataset& dataset,
                                                      const Replay& replay, Told told) {
  auto reader =
      SLUICE_TRY(record::recast(replay.tables.read(replay.number, replay.up_to), of_scratch));
  TableComparison comparison(dataset, replay, std::move(reader), std::move(told));
  SLUICE_TRY(comparison.advance());
  return comparison;
}

TableComparison::Place TableComparison::place_of(const ReplayedVersion& version) {
  if (!version.end) return {version.key, still_current, 0};
  return {version.key, version.end->by, version.end->line};
}

store::Result<void> TableComparison::advance() {
  next_ = SLUICE_TRY(record::recast(reader_.next(), of_scratch));
  if (next_) ++(next_->end ? ended_ : current_);
  return {};
}

store::Result<void> TableComparison::tell(std::string_view encoded_key,
                                          TableDifference difference) {
  const bool is_in_doubt = SLUICE_TRY(
      record::recast(replay_.tables.is_in_doubt(replay_.number, encoded_key), of_scratch));
  if (!is_in_doubt) told_(difference);
  return {};
}

store::Result<void> TableComparison::tell_missing() {
  SLUICE_TRY(tell(next_->key, {dataset_, !next_->end, fields_.order().decode(next_->key),
                               next_->begun_by, "it is missing"}));
  return advance();
}

std::string TableComparison::difference(const ReplayedVersion& replayed,
                                        const store::StoredVersion& stored) const {
  std::vector<std::string> found;
  if (fields_.digest() != replayed.digest) {
    found.emplace_back("it has other values than the batch brought");
  }
  if (stored.digest != replayed.digest) {
    found.emplace_back("its digest is not that of what the batch brought");
  }
  if (stored.source_time != replayed.source_time) {
    found.emplace_back("its time at the source is another one");
  }
  if (stored.begun_by != replayed.begun_by) {
    found.push_back(fmt::format("it says that entry {} brought it", stored.begun_by));
  }
  if (replayed.end && stored.end) {
    if (stored.end->how != replayed.end->how) {
      found.push_back(fmt::format("it says that it ended otherwise than as {}", replayed.end->how));
    }
    if (stored.end->begun_at != replayed.begun_at || stored.end->at != replayed.end->at) {
      found.push_back(
          fmt::format("it says that it was there from {} until {}, and was from {} until "
                      "{}",
                      record::to_string(stored.end->begun_at), record::to_string(stored.end->at),
                      record::to_string(replayed.begun_at), record::to_string(replayed.end->at)));
    }
  }
  return fmt::format("{}", fmt::join(found, "; "));
}

store::Result<void> TableComparison::take(const store::StoredVersion& as_stored) {
  store::StoredVersion stored = as_stored;
  if (stored.begun_by > replay_.up_to) return {};  // it came while this was looked at, or later
  if (stored.end && stored.end->by > replay_.up_to) stored.end.reset();
  if (!fields_.read(stored)) {
    return std::unexpected(store::StoreFailure{store::StoreProblem::failed,
                                               "dataset " + dataset_.str(),
                                               "its tables can not be read by its schema"});
  }
  const auto key = fields_.encoded_key();
  const TableDifference not_brought{dataset_, !stored.end, fields_.key(), stored.begun_by,
                                    "no batch brought it"};
  if (!key) {
    told_(not_brought);
    return {};
  }
  const Place place{*key, stored.end ? stored.end->by : still_current,
                    stored.end ? stored.end->line : 0};
  while (next_ && place_of(*next_) < place)
    SLUICE_TRY(tell_missing());
  if (!next_ || place_of(*next_) != place) return tell(*key, not_brought);
  if (const std::string what = difference(*next_, stored); !what.empty()) {
    SLUICE_TRY(tell(*key, {dataset_, !stored.end, fields_.key(), next_->begun_by, what}));
  }
  return advance();
}

store::Result<void> TableComparison::finish() {
  while (next_)
    SLUICE_TRY(tell_missing());
  return {};
}

}  // namespace sluice::exchange

#include "reconciliation/comparison.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "record/key_order.h"
#include "record/try.h"

namespace sluice::reconciliation {
namespace {

class Comparison {
 public:
  Comparison(SourceDigests& source, CentralDigests& central, const Scope& scope, Differences& found)
      : source_(source), central_(central), scope_(scope), found_(found) {}

  Result<Compared> run();

 private:
  Result<void> descend(const Stretch& stretch);
  Result<void> cut(const Stretch& stretch);
  Result<void> list(const record::KeyRange& range);
  // One key on both sides; nothing where a side has not got it.
  Result<void> judge(const SourceRecord* ours, const record::KeyedDigest* theirs);

  SourceDigests& source_;
  CentralDigests& central_;
  const Scope& scope_;
  Differences& found_;
  Compared compared_;
};

Result<Compared> Comparison::run() {
  const auto whole = SLUICE_TRY(source_.whole());
  const auto sums = SLUICE_TRY(central_.sums({}, {}));
  ++compared_.ranges_asked;
  compared_.central_records = sums.front().rows();
  if (whole.sum != sums.front()) {
    SLUICE_TRY(descend(whole));
  }
  return compared_;
}

Result<void> Comparison::descend(const Stretch& stretch) {
  return stretch.records <= scope_.listed_records ? list(stretch.range) : cut(stretch);
}

Result<void> Comparison::cut(const Stretch& stretch) {
  const std::uint64_t records =
      std::max((stretch.records + scope_.parts - 1) / scope_.parts, scope_.listed_records / 2);
  const auto parts = SLUICE_TRY(source_.split(stretch.range, records));
  std::vector<record::Key> bounds;
  for (std::size_t i = 0; i + 1 < parts.size(); ++i)
    bounds.push_back(*parts[i].range.up_to);
  const auto sums = SLUICE_TRY(central_.sums(stretch.range, bounds));
  compared_.ranges_asked += sums.size();
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].sum == sums[i]) continue;
    SLUICE_TRY(descend(parts[i]));
  }
  return {};
}

// The central store may have far more in the range than the source: its side comes in pieces.
Result<void> Comparison::list(const record::KeyRange& range) {
  const auto ours = SLUICE_TRY(source_.list(range));
  auto next = ours.begin();
  record::KeyRange rest = range;
  for (bool is_complete = false; !is_complete;) {
    const auto listing = SLUICE_TRY(central_.list(rest));
    is_complete = listing.is_complete;
    compared_.records_listed += listing.records.size();
    for (const record::KeyedDigest& theirs : listing.records) {
      for (; next != ours.end() && source_.order().before(next->key, theirs.key); ++next) {
        SLUICE_TRY(judge(&*next, nullptr));
      }
      const bool is_both = next != ours.end() && next->key == theirs.key;
      SLUICE_TRY(judge(is_both ? &*next : nullptr, &theirs));
      if (is_both) ++next;
    }
    if (!is_complete) rest.after = listing.records.back().key;
  }
  for (; next != ours.end(); ++next) {
    SLUICE_TRY(judge(&*next, nullptr));
  }
  return {};
}

Result<void> Comparison::judge(const SourceRecord* ours, const record::KeyedDigest* theirs) {
  // What does not pass the schema stays in the central store as it was: no difference to repair.
  if (ours != nullptr && ours->state == SourceState::refused) return {};
  const bool is_present = ours != nullptr && ours->state == SourceState::present;
  if (is_present && theirs == nullptr) {
    return found_.add({ours->key, Kind::missing, ours->digest, std::nullopt});
  }
  if (is_present && ours->digest != theirs->digest) {
    return found_.add({ours->key, Kind::different, ours->digest, theirs->digest});
  }
  if (!is_present && theirs != nullptr && (ours != nullptr || scope_.source_is_whole)) {
    return found_.add({theirs->key, Kind::extra, std::nullopt, theirs->digest});
  }
  return {};
}

}  // namespace

Result<Compared> compare(SourceDigests& source, CentralDigests& central, const Scope& scope,
                         Differences& found) {
  return Comparison(source, central, scope, found).run();
}

}  // namespace sluice::reconciliation

#include "reconciliation/store_digests.h"

#include <cstddef>
#include <string>
#include <utility>

namespace sluice::reconciliation {
namespace {

// What one listing has at most: an answer stays well below what a link takes at once.
constexpr std::size_t most_records = 10'000;
constexpr std::size_t most_key_bytes = std::size_t{1} << 20;

std::unexpected<Failure> failed(const store::StoreFailure& failure) {
  const bool passes = failure.code == store::StoreProblem::unavailable;
  return std::unexpected(
      Failure{passes ? Problem::unavailable : Problem::refused, failure.place, failure.sentence});
}

}  // namespace

StoreDigests::StoreDigests(store::Store& store, const record::Dataset& dataset)
    : store_(store), dataset_(dataset.id), order_(dataset.schema) {}

Result<std::vector<record::RecordSum>> StoreDigests::sums(const record::KeyRange& range,
                                                          std::span<const record::Key> bounds) {
  for (std::size_t i = 0; i < bounds.size(); ++i) {
    const bool is_key = order_.encode(bounds[i]).has_value();
    if (!is_key || (i > 0 && !order_.before(bounds[i - 1], bounds[i]))) {
      return std::unexpected(Failure{Problem::refused, "dataset " + dataset_.str(),
                                     "the bounds are not values of its primary key in order"});
    }
  }
  std::vector<record::RecordSum> sums;
  record::KeyRange part = range;
  for (std::size_t i = 0; i <= bounds.size(); ++i) {
    part.up_to = i < bounds.size() ? std::optional(bounds[i]) : range.up_to;
    const auto sum = store_.sum_digests(dataset_, part);
    if (!sum) return failed(sum.error());
    sums.push_back(*sum);
    part.after = part.up_to;
  }
  return sums;
}

Result<Listing> StoreDigests::list(const record::KeyRange& range) {
  Listing listing;
  std::size_t bytes = 0;
  const auto read = store_.read_digests(dataset_, range, [&](const record::KeyedDigest& record) {
    if (listing.records.size() == most_records || bytes >= most_key_bytes) {
      listing.is_complete = false;
      return false;
    }
    for (const std::string& value : record.key)
      bytes += value.size();
    listing.records.push_back(record);
    return true;
  });
  if (!read) return failed(read.error());
  return listing;
}

}  // namespace sluice::reconciliation

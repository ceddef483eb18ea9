#include "exchange/replay_report.h"

#include <numeric>

namespace sluice::exchange {

std::uint64_t ReplayReport::count_differences() const {
  return std::accumulate(
      datasets.begin(), datasets.end(), std::uint64_t{0},
      [](std::uint64_t sum, const ReplayedDataset& each) { return sum + each.differences; });
}

std::uint64_t ReplayReport::count_not_replayed() const {
  return std::accumulate(
      datasets.begin(), datasets.end(), std::uint64_t{0},
      [](std::uint64_t sum, const ReplayedDataset& each) { return sum + each.not_replayed; });
}

std::uint64_t ReplayReport::count_in_doubt() const {
  return std::accumulate(
      datasets.begin(), datasets.end(), std::uint64_t{0},
      [](std::uint64_t sum, const ReplayedDataset& each) { return sum + each.in_doubt; });
}

void ReplayFindings::tell(ReplayedDataset& of, const TableDifference& difference) {
  ++of.differences;
  if (report_.differences.size() < named_) report_.differences.push_back(difference);
}

void ReplayFindings::tell(ReplayedDataset& of, const NotReplayed& entry) {
  ++of.not_replayed;
  if (report_.not_replayed.size() < named_) report_.not_replayed.push_back(entry);
}

void ReplayFindings::tell(ReplayedDataset& of, const OtherCount& count) {
  ++of.differences;
  if (report_.other_counts.size() < named_) report_.other_counts.push_back(count);
}

void ReplayFindings::tell(ReplayedDataset& of, const RecordInDoubt& record) {
  ++of.in_doubt;
  if (report_.in_doubt.size() < named_) report_.in_doubt.push_back(record);
}

}  // namespace sluice::exchange

#include "record/refused_rows.h"

#include <algorithm>
#include <utility>

namespace sluice::record {
namespace {

// Not within a character.
std::string cut_sentence(const std::string& sentence) {
  if (sentence.size() <= longest_refusal_sentence) return sentence;
  std::size_t end = longest_refusal_sentence;
  while (end > 0 && (static_cast<unsigned char>(sentence[end]) & 0xC0U) == 0x80U)
    --end;
  return sentence.substr(0, end);
}

void join_neighbours(std::vector<RowRange>& ranges) {
  std::ranges::sort(ranges, {}, &RowRange::first);
  std::vector<RowRange> joined;
  for (const RowRange& range : ranges) {
    if (!joined.empty() && range.first <= joined.back().last + 1) {
      joined.back().last = std::max(joined.back().last, range.last);
    } else {
      joined.push_back(range);
    }
  }
  ranges = std::move(joined);
}

}  // namespace

RowCount count_of(std::span<const RefusedRows> refused) {
  RowCount count;
  for (const RefusedRows& group : refused) {
    for (const RowRange& range : group.rows)
      count.value += range.last - range.first + 1;
  }
  return count;
}

std::vector<RefusedRange> by_row(std::span<const RefusedRows> refused) {
  std::vector<RefusedRange> all;
  for (const RefusedRows& group : refused) {
    for (const RowRange& range : group.rows)
      all.push_back({range, &group});
  }
  std::ranges::sort(all, {}, [](const RefusedRange& refusal) { return refusal.rows.first; });
  return all;
}

void RefusedRowsBuilder::add(const RejectedRow& row) {
  Reason reason{row.field, row.rule, cut_sentence(row.sentence)};
  if (groups_.size() >= most_refusal_sentences && !groups_.contains(reason)) {
    std::get<2>(reason) = further_sentence;
  }
  std::vector<RowRange>& ranges = groups_[std::move(reason)];
  if (!ranges.empty() && ranges.back().last + 1 == row.row) {
    ranges.back().last = row.row;
  } else {
    ranges.push_back({row.row, row.row});
  }
}

std::vector<RefusedRows> RefusedRowsBuilder::take() {
  std::vector<RefusedRows> all;
  all.reserve(groups_.size());
  for (auto& [reason, ranges] : groups_) {
    join_neighbours(ranges);
    const auto& [field, rule, sentence] = reason;
    all.push_back({field, rule, sentence, std::move(ranges)});
  }
  groups_.clear();
  std::ranges::sort(all, {}, [](const RefusedRows& group) { return group.rows.front().first; });
  return all;
}

}  // namespace sluice::record

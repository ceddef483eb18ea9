// Which rows of a batch the center would not take, and why: all of them, however many, as ranges of
// row numbers by reason, since a bureau must get back each row that it was told yes for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "record/identifiers.h"

namespace sluice::record {

// A row that the center would not take although its batch was taken.
struct RejectedRow {
  std::uint64_t row = 0;  // 1 is the first line of the payload
  std::string field;      // empty where no single field is to blame
  std::string rule;
  std::string sentence;
  friend bool operator==(const RejectedRow&, const RejectedRow&) = default;
};

// From `first` to `last`, both of them among it.
struct RowRange {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  friend bool operator==(const RowRange&, const RowRange&) = default;
};

// The rows of a batch that were refused for one reason: ascending, none twice, neighbours joined.
struct RefusedRows {
  std::string field;
  std::string rule;
  std::string sentence;
  std::vector<RowRange> rows;
  friend bool operator==(const RefusedRows&, const RefusedRows&) = default;
};

// What bounds a receipt. A batch has at most so many changes (one with more is refused whole, which
// is one range), and a refused row takes at most 9 bytes of a receipt: 36 MiB.
inline constexpr std::uint64_t most_batch_rows = std::uint64_t{1} << 22;
// Sentences may be the database's own words. More of them are told as one, longer ones are cut.
inline constexpr std::size_t most_refusal_sentences = 1000;
inline constexpr std::size_t longest_refusal_sentence = 1024;  // bytes
inline constexpr std::string_view further_sentence =
    "refused by the same rule as others of this batch, each in other words";

[[nodiscard]] RowCount count_of(std::span<const RefusedRows> refused);

// A range with its reason, which is one of those it was made of.
struct RefusedRange {
  RowRange rows;
  const RefusedRows* why = nullptr;
};
// All ranges by row, whatever their reason. `refused` must outlive them.
[[nodiscard]] std::vector<RefusedRange> by_row(std::span<const RefusedRows> refused);

// Gathers refused rows in whatever order they are found; some 16 bytes a range.
class RefusedRowsBuilder {
 public:
  void add(const RejectedRow& row);
  [[nodiscard]] std::vector<RefusedRows> take();
  void clear() { groups_.clear(); }

 private:
  using Reason = std::tuple<std::string, std::string, std::string>;
  std::map<Reason, std::vector<RowRange>> groups_;
};

}  // namespace sluice::record

// Names and numbers that cross seams, each its own type, so that a sequence can not be passed for
// a row count nor a bureau for a dataset.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace sluice::record {

// A lower-case name: letters, digits and inner hyphens, 1 to 63 characters, first one a letter.
// It is safe as a file name, a URL segment and a quoted SQL identifier.
[[nodiscard]] bool is_name(std::string_view text);

template <class Tag>
class Name {
 public:
  Name() = default;
  explicit Name(std::string text) : text_(std::move(text)) {}
  [[nodiscard]] const std::string& str() const { return text_; }
  friend auto operator<=>(const Name&, const Name&) = default;

 private:
  std::string text_;
};

using BureauId = Name<struct BureauTag>;
using DatasetId = Name<struct DatasetTag>;
using NodeId = Name<struct NodeTag>;

template <class Tag>
struct Number {
  std::uint64_t value = 0;
  friend auto operator<=>(const Number&, const Number&) = default;
};

// A batch's place in its stream: 1, 2, 3 … within an epoch.
using Sequence = Number<struct SequenceTag>;
// Which incarnation of a stream's journal: milliseconds since 1970-01-01T00:00Z at its creation.
using Epoch = Number<struct EpochTag>;
using RowCount = Number<struct RowCountTag>;
using ByteCount = Number<struct ByteCountTag>;

// One incarnation of one bureau's stream.
struct StreamId {
  BureauId bureau;
  Epoch epoch;
  friend auto operator<=>(const StreamId&, const StreamId&) = default;
};

}  // namespace sluice::record

template <class Tag>
struct std::hash<sluice::record::Name<Tag>> {
  std::size_t operator()(const sluice::record::Name<Tag>& name) const noexcept {
    return std::hash<std::string>{}(name.str());
  }
};

// The order in which the central store keeps a dataset's records (docs/store.md): whole numbers,
// years and booleans by value, everything else by the bytes of its UTF-8.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "record/key_digest.h"
#include "record/table_schema.h"

namespace sluice::record {

class KeyOrder {
 public:
  explicit KeyOrder(const TableSchema& schema);

  [[nodiscard]] std::size_t columns() const { return types_.size(); }

  // Bytes that compare (memcmp) as the keys do. Nothing where a value is not of its field's type,
  // or there are not as many values as key fields.
  [[nodiscard]] std::optional<std::string> encode(std::span<const std::string> key) const;
  // Whether one key comes before another.
  [[nodiscard]] bool before(std::span<const std::string> first,
                            std::span<const std::string> second) const {
    return encode(first) < encode(second);
  }
  // Whether the ends of a range are keys of this dataset.
  [[nodiscard]] bool takes(const KeyRange& range) const;
  // The key that encode() was given. `encoded` must be a result of encode().
  [[nodiscard]] Key decode(std::string_view encoded) const;

 private:
  std::vector<FieldType> types_;
};

}  // namespace sluice::record

// The fields of a stored version, taken apart: its key, and the digest of what is there, whatever
// the digest is that stands beside it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "record/digest.h"
#include "record/key_digest.h"
#include "record/key_order.h"
#include "record/table_schema.h"
#include "store/row_reader.h"
#include "store/store.h"

namespace sluice::exchange {

// One owner, one thread.
class VersionFields {
 public:
  explicit VersionFields(const record::TableSchema& schema);

  // What follows is about this one, while it lives. False: it is not of the schema.
  [[nodiscard]] bool read(const store::StoredVersion& version);
  // Values that are missing are \N.
  [[nodiscard]] const record::Key& key() const { return key_; }
  // In the order of the store; nothing: it has none, which only somebody else can have written.
  [[nodiscard]] std::optional<std::string> encoded_key() const;
  [[nodiscard]] record::RowDigest digest() const { return rows_.digest(fields_); }
  [[nodiscard]] const record::KeyOrder& order() const { return order_; }

 private:
  store::RowReader rows_;
  record::KeyOrder order_;
  std::vector<std::size_t> key_columns_;
  std::vector<std::string_view> fields_;
  record::Key key_;
  bool key_is_whole_ = false;
};

}  // namespace sluice::exchange

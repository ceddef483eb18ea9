// What two sides tell each other to find out whether they hold the same records: keys and digests,
// never the records themselves.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "record/digest.h"

namespace sluice::record {

// The canonical text of the primary key's fields, in the order of the key.
using Key = std::vector<std::string>;

// Keys after `after` up to and with `up_to`, as the central store orders them (key_order.h);
// nothing: without an end there.
struct KeyRange {
  std::optional<Key> after;
  std::optional<Key> up_to;
};

struct KeyedDigest {
  Key key;
  RowDigest digest;
  friend bool operator==(const KeyedDigest&, const KeyedDigest&) = default;
};

}  // namespace sluice::record

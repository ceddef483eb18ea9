// What a center says of its ledger as it stood at a moment: a digest that is chained over every
// entry up to one. Whoever keeps it can show later that one of these was changed or taken out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <simdjson.h>

#include "record/digest.h"

namespace sluice::record {

struct Checkpoint {
  std::string line;          // 16 lower-case hexadecimal digits: a restore begins another one
  std::uint64_t number = 0;  // from 1 in its line
  std::int64_t ledger = 0;   // the id of the last entry that it covers
  Digest digest;
  friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

[[nodiscard]] bool is_checkpoint_line(std::string_view text);

// A JSON object; the ledger id is a string, since such pass 2^53.
[[nodiscard]] std::string to_json(const Checkpoint& checkpoint);
// Strict; nothing: it is none.
[[nodiscard]] std::optional<Checkpoint> checkpoint_in(simdjson::dom::element value);

}  // namespace sluice::record

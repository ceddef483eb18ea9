// What a run found and did not tell, until an operator has looked.
#pragma once

#include <cstdint>

namespace sluice::adapters::front_end {

// Deletes of records that a snapshot did not find, and that are more than `delete_at_most`.
struct HeldBack {
  std::uint64_t deletes = 0;
  std::uint64_t of = 0;  // the records that there were
  friend bool operator==(const HeldBack&, const HeldBack&) = default;
};

}  // namespace sluice::adapters::front_end

// Which store an entry is of. A store's ledger ids are its own, 2^48 of them, so that an id names
// one entry for ever, also where a bureau has moved on to a store with a higher number: its entries
// are still in the order of their ids.
#pragma once

#include <cstdint>
#include <string>

#include "store/store.h"

namespace sluice::store {

struct StoreNumber {
  std::uint16_t value = 0;
  friend auto operator<=>(const StoreNumber&, const StoreNumber&) = default;
};
// The ids of a higher one would pass 2^63.
inline constexpr std::uint16_t largest_store_number = 32'767;

// Nothing has this id: the store's first entry has the next one.
[[nodiscard]] constexpr std::int64_t id_before_all(StoreNumber number) {
  return std::int64_t{number.value} << 48;
}
[[nodiscard]] constexpr std::int64_t last_id(StoreNumber number) {
  return id_before_all(number) | ((std::int64_t{1} << 48) - 1);
}
[[nodiscard]] constexpr StoreNumber number_of(std::int64_t id) {
  return {static_cast<std::uint16_t>(id >> 48)};
}

// A store that has drawn no id yet and was never told a number takes the one that it is given.
enum class Numbering { fits, to_be_set };
[[nodiscard]] Result<Numbering> check_number(StoreNumber wanted, StoreNumber found,
                                             bool has_drawn_ids, const std::string& place);

}  // namespace sluice::store

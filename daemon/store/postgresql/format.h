// Which form of the store's own tables this version knows, and how those of an earlier form become
// such.
#pragma once

#include <cstdint>

#include "store/postgresql/connection.h"
#include "store/store.h"

namespace sluice::store::postgresql {

inline constexpr std::int64_t format_version = 3;

[[nodiscard]] constexpr bool can_upgrade(std::int64_t found) {
  return found == 1 || found == 2;
}

// In one transaction of its own, alone among all centers; one that another center has upgraded
// meanwhile is left as it is.
[[nodiscard]] Result<void> upgrade(Connection& connection);

}  // namespace sluice::store::postgresql

// Which form of the store's own tables a file has, and how one of an earlier form becomes one of
// this.
#pragma once

#include <cstdint>

#include "store/sqlite/central_file.h"

namespace sluice::store::sqlite {

inline constexpr std::int64_t format_version = 3;

// 0: it has none of these tables.
[[nodiscard]] Result<std::int64_t> format_of(CentralFile& file);
[[nodiscard]] StoreFailure unknown_format(const CentralFile& file, std::int64_t found);

// In one transaction; nothing where there is nothing to do.
[[nodiscard]] Result<void> upgrade(CentralFile& file);

}  // namespace sluice::store::sqlite

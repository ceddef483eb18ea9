// Which datasets an embedded store could not take, for who only looks.
#pragma once

#include <filesystem>
#include <vector>

#include "store/store.h"

namespace sluice::store {

// Of each of these why prepare() would fail. The file is there; nothing is made, not even in an
// empty one.
[[nodiscard]] Result<std::vector<StoreFailure>> sqlite_conflicts(
    const std::filesystem::path& file, const std::vector<const record::Dataset*>& datasets);

}  // namespace sluice::store

// The embedded central store: one SQLite file, for a node that is everything at once. Beside the
// tables of schemas/central-store.sqlite.sql it holds "data.DATASET" and "history.DATASET" for each
// dataset (docs/store.md).
#pragma once

#include <expected>
#include <filesystem>
#include <functional>
#include <memory>

#include "files/state_disk.h"
#include "store/store.h"
#include "store/store_number.h"

namespace sluice::store {

// Creates the file if it is not there. `now` says when a batch is applied. Several processes may
// have the file open; one writes at a time, the others wait. Fails where the file is the store of
// another number. `disk` is told of an fsync that failed; null: nobody is.
[[nodiscard]] Result<std::unique_ptr<Store>> open_sqlite(
    const std::filesystem::path& file, std::function<record::Time()> now, StoreNumber number = {},
    std::shared_ptr<files::StateDisk> disk = nullptr);

}  // namespace sluice::store

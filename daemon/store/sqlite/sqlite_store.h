// The embedded central store: one SQLite file, for a node that is everything at once. Beside the
// tables of schemas/central-store.sqlite.sql it holds "data.DATASET" and "history.DATASET" for each
// dataset (docs/store.md).
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <memory>

#include "files/state_disk.h"
#include "store/store.h"
#include "store/store_number.h"

namespace sluice::store {

// Is told, before anything is read or written, which store the file is: a number drawn by chance
// when it was made, which every copy keeps. A failure keeps it from being opened.
using IncarnationCheck = std::function<Result<void>(std::uint32_t)>;

// Creates the file if it is not there. `now` says when a batch is applied. Several processes may
// have the file open; one writes at a time, the others wait. Fails where the file is the store of
// another number.
struct SqliteSurroundings {
  StoreNumber number = {};
  std::shared_ptr<files::StateDisk> disk =
      nullptr;                  // is told of an fsync that failed; null: nobody
  IncarnationCheck check = {};  // none: whatever lies there is opened
};
[[nodiscard]] Result<std::unique_ptr<Store>> open_sqlite(const std::filesystem::path& file,
                                                         std::function<record::Time()> now,
                                                         SqliteSurroundings surroundings);
[[nodiscard]] inline Result<std::unique_ptr<Store>> open_sqlite(const std::filesystem::path& file,
                                                                std::function<record::Time()> now) {
  return open_sqlite(file, std::move(now), SqliteSurroundings{});
}

}  // namespace sluice::store

// The tasks of a node with the embedded central store: one SQLite file of their own, so that an
// import, which locks the store's file, does not hold up who saves a draft.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "sqlite/database.h"
#include "tasks/tasks.h"

namespace sluice::tasks {

// Touches nothing: the file (mode 0600) is made by the first add(). Its folder must be there by
// then.
[[nodiscard]] std::unique_ptr<Tasks> open_sqlite(std::filesystem::path file);

// The same for several threads, each of which opens its own: they write in the order in which they
// come. Thread-safe.
[[nodiscard]] std::function<std::unique_ptr<Tasks>()> sqlite_opener(std::filesystem::path file,
                                                                    sqlite::OnFailedSync told = {});

// How SQLite says what query.h asks.
[[nodiscard]] const Dialect& sqlite_dialect();

}  // namespace sluice::tasks

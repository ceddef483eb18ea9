// The people of a node with the embedded central store: one SQLite file of their own, so that an
// import, which locks the store's file, does not hold up a sign-in.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "people/people.h"
#include "sqlite/database.h"

namespace sluice::people {

// Touches nothing: the file (mode 0600) is made by the first add(). Its folder must be there by
// then. `now` says when an account is added or changed.
[[nodiscard]] std::unique_ptr<People> open_sqlite(std::filesystem::path file,
                                                  std::function<record::Time()> now,
                                                  sqlite::OnFailedSync told = {});

}  // namespace sluice::people

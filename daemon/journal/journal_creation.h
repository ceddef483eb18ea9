// Makes a journal's tables in a new file, or recognises those of an old one.
#pragma once

#include <string>

#include "record/identifiers.h"
#include "record/manifest.h"
#include "sqlite/database.h"

namespace sluice::journal {

// A new journal begins a new epoch: `now`. What is returned says what the file is instead of a
// journal; empty: it is one.
[[nodiscard]] sqlite::Result<std::string> create_or_check(sqlite::Database& database,
                                                          const record::BureauId& bureau,
                                                          record::Time now);

}  // namespace sluice::journal

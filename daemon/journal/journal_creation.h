// Makes a journal's tables in a new file, or recognises those of an old one.
#pragma once

#include <expected>
#include <string>

#include "record/failure.h"
#include "record/identifiers.h"
#include "record/manifest.h"
#include "sqlite/database.h"

namespace sluice::journal {

// A new journal begins a new epoch: `now`. The error says what the file is instead.
[[nodiscard]] std::expected<void, record::Flaw> create_or_check(sqlite::Database& database,
                                                                const record::BureauId& bureau,
                                                                record::Time now);

}  // namespace sluice::journal

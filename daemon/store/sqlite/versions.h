// Reads all versions of a dataset's records, the current ones and those that ended, as one stream
// (Store::read_versions): for who proves that the tables are what the archive makes of them.
#pragma once

#include <expected>
#include <functional>
#include <set>
#include <string>

#include "record/table_schema.h"
#include "store/sqlite/central_file.h"
#include "store/store.h"

namespace sluice::store::sqlite {

// In order: digest, source time, the ledger ids of beginning and end, both moments, line, how, then
// the fields. `has`: those that the tables have.
[[nodiscard]] std::string versions_sql(const record::Dataset& dataset,
                                       const std::set<std::string>& has);

[[nodiscard]] Result<void> read_versions(CentralFile& file, const record::Dataset& dataset,
                                         const std::function<bool(const StoredVersion&)>& consume);

// Of an older version: `tables` are called so, and have the fields of `schema`, canonical.
[[nodiscard]] Result<void> read_older_versions(
    CentralFile& file, const record::DatasetId& tables, const std::string& schema,
    const std::function<bool(const StoredVersion&)>& consume);

}  // namespace sluice::store::sqlite

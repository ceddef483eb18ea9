// Makes a dataset's tables in SQLite, and lets them follow its schema.
#pragma once

#include <expected>
#include <string>

#include "record/table_schema.h"
#include "sqlite/database.h"
#include "store/evolution.h"
#include "store/store.h"

namespace sluice::store::embedded {

// "data.DATASET" and "history.DATASET", quoted.
[[nodiscard]] std::string current_table(const record::DatasetId& dataset);
[[nodiscard]] std::string history_table(const record::DatasetId& dataset);

[[nodiscard]] std::expected<void, StoreFailure> create_tables(sqlite::Database& database,
                                                              const record::Dataset& dataset);
[[nodiscard]] std::expected<void, StoreFailure> evolve_tables(sqlite::Database& database,
                                                              const record::Dataset& dataset,
                                                              const Evolution& evolution);

[[nodiscard]] StoreFailure sqlite_failure(const sqlite::Error& error, std::string place);

}  // namespace sluice::store::embedded

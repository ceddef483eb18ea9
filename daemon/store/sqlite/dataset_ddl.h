// Makes a dataset's tables in SQLite, and lets them follow its schema.
#pragma once

#include <expected>
#include <string>

#include "record/table_schema.h"
#include "sqlite/database.h"
#include "store/evolution.h"
#include "store/store.h"

namespace sluice::store::sqlite {

using sluice::sqlite::Database;
using sluice::sqlite::Error;
using sluice::sqlite::Statement;
using sluice::sqlite::Transaction;

// "data.DATASET" and "history.DATASET", quoted.
[[nodiscard]] std::string current_table(const record::DatasetId& dataset);
[[nodiscard]] std::string history_table(const record::DatasetId& dataset);

// The index by which a record's earlier versions are found.
[[nodiscard]] std::string history_index(const record::DatasetId& dataset);
[[nodiscard]] std::string create_history_index(const record::DatasetId& tables,
                                               const record::TableSchema& schema);

[[nodiscard]] Result<void> create_tables(Database& database, const record::Dataset& dataset);
// Whether what the tables hold allows an evolution; changes nothing. A key of fields that they do
// not have yet is in nobody's way.
[[nodiscard]] Result<void> check_tables(Database& database, const record::Dataset& dataset,
                                        const Evolution& evolution);
[[nodiscard]] Result<void> evolve_tables(Database& database, const record::Dataset& dataset,
                                         const Evolution& evolution);

[[nodiscard]] StoreFailure sqlite_failure(const Error& error, std::string place);

}  // namespace sluice::store::sqlite

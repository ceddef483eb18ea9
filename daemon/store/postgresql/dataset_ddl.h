// Makes a dataset's tables in PostgreSQL, and lets them follow its schema.
#pragma once

#include <expected>
#include <string>

#include "record/table_schema.h"
#include "store/migrations.h"
#include "store/postgresql/connection.h"
#include "store/store.h"

namespace sluice::store::postgresql {

// data."DATASET" and history."DATASET".
[[nodiscard]] std::string current_table(const record::DatasetId& dataset);
[[nodiscard]] std::string history_table(const record::DatasetId& dataset);

// Within a transaction of the caller's.
[[nodiscard]] Result<void> create_tables(Connection& connection, const record::Dataset& dataset);

// In one transaction of its own, alone among all centers. Which version the tables are of.
[[nodiscard]] Result<Version> make_tables_follow(Connection& connection,
                                                 const record::Dataset& dataset);

// Why that would fail, as far as the tables tell it now; changes nothing.
[[nodiscard]] Result<void> compare_tables(Connection& connection, const record::Dataset& dataset);

}  // namespace sluice::store::postgresql

// Reads of what the store holds, in transactions of their own: of all of it, which take as long as
// the reader likes, and of one record, for which a person waits.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "store/postgresql/connection.h"
#include "store/postgresql/session.h"
#include "store/store.h"

namespace sluice::store::postgresql {

// The reader may be slow.
[[nodiscard]] Connection::Answer<PostgresqlTransaction> begin_walk(Connection& connection);
// All of a table may be read here.
[[nodiscard]] Connection::Answer<PostgresqlTransaction> begin_long_read(Connection& connection);

// What Tables::read_sql() brings, record by record, until `consume` says false.
[[nodiscard]] Result<void> copy_records(Connection& connection, const record::DatasetId& dataset,
                                        const std::string& sql,
                                        const std::function<bool(const StoredRecord&)>& consume);

// As Store::find(), of what is a key.
[[nodiscard]] Result<std::optional<FoundRecord>> find_record(Connection& connection,
                                                             const record::Dataset& dataset,
                                                             const record::Key& key);

}  // namespace sluice::store::postgresql

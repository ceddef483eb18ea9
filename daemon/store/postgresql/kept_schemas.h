// Every schema that a dataset's tables ever followed, by its digest: table sluice.schema. Within
// the caller's transaction, or each by itself.
#pragma once

#include <optional>
#include <string>

#include "record/digest.h"
#include "store/postgresql/connection.h"
#include "store/store.h"

namespace sluice::store::postgresql {

[[nodiscard]] Result<std::optional<record::TableSchema>> find_schema(Connection& connection,
                                                                     const record::Digest& digest);
// `canonical`: record::canonical_json. One that is kept already stays.
[[nodiscard]] Result<void> keep_schema(Connection& connection, const std::string& canonical);

// What a store of format 1 lacks, with the schemas that its datasets' tables have.
[[nodiscard]] Result<void> begin_keeping_schemas(Connection& connection);

}  // namespace sluice::store::postgresql

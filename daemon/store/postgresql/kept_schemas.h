// Every schema that a dataset's tables ever followed, by its digest, and in which of their versions
// they did: tables sluice.schema and sluice.version_schema. Within the caller's transaction, or
// each by itself.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "record/digest.h"
#include "store/migrations.h"
#include "store/postgresql/connection.h"

namespace sluice::store::postgresql {

[[nodiscard]] Result<std::optional<record::TableSchema>> find_schema(Connection& connection,
                                                                     const record::Digest& digest);
// `canonical`: record::canonical_json. One that is kept already stays.
[[nodiscard]] Result<void> keep_schema(Connection& connection, const std::string& canonical);

// What a store of format 1 lacks, with the schemas that its datasets' tables have.
[[nodiscard]] Result<void> begin_keeping_schemas(Connection& connection);

// Keeps it, and that the dataset's tables follow it in that version.
[[nodiscard]] Result<void> remember_schema(Connection& connection, const record::DatasetId& dataset,
                                           Version version, const std::string& canonical);
// Ascending.
[[nodiscard]] Result<std::vector<record::Digest>> remembered_schemas(
    Connection& connection, const record::DatasetId& dataset, Version version);
// The last version whose tables followed it; nothing: none is known.
[[nodiscard]] Result<std::optional<Version>> last_version_with(Connection& connection,
                                                               const record::DatasetId& dataset,
                                                               const record::Digest& schema);

// What a store of format 2 lacks, with what it tells: the first and the last schema of each
// version.
[[nodiscard]] Result<void> begin_remembering_versions(Connection& connection);

}  // namespace sluice::store::postgresql

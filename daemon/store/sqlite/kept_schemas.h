// Every schema that a dataset's tables ever followed, by its digest: table schema. No transaction
// of its own.
#pragma once

#include <optional>
#include <string>

#include "record/digest.h"
#include "store/sqlite/central_file.h"
#include "store/store.h"

namespace sluice::store::sqlite {

[[nodiscard]] Result<std::optional<record::TableSchema>> find_schema(CentralFile& file,
                                                                     const record::Digest& digest);
// `canonical`: record::canonical_json. One that is kept already stays.
[[nodiscard]] Result<void> keep_schema(CentralFile& file, const std::string& canonical);

// What a store of format 1 lacks, with the schemas that its datasets' tables have.
[[nodiscard]] Result<void> begin_keeping_schemas(CentralFile& file);

}  // namespace sluice::store::sqlite

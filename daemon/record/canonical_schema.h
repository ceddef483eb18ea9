// A schema read back from its canonical text (table_schema.h), which a store keeps by its digest so
// that a batch can be read by the columns under which it was made.
#pragma once

#include <expected>
#include <string_view>

#include "record/failure.h"
#include "record/table_schema.h"

namespace sluice::record {

// As it stands in that text.
[[nodiscard]] std::string_view to_string(StringFormat format);

enum class CanonicalSchemaProblem { malformed };
using CanonicalSchemaFailure = Failure<CanonicalSchemaProblem>;

// Takes exactly what canonical_json() writes: the same text comes out again, so that its digest is
// the schema's. What that leaves out (titles, how a field is keyed) is as nobody had said it.
[[nodiscard]] std::expected<TableSchema, CanonicalSchemaFailure> parse_canonical_schema(
    std::string_view json);

}  // namespace sluice::record

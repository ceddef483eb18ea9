// Reads what a bureau's file says of the way from its columns to a dataset's fields.
#pragma once

#include "intake/mapping.h"
#include "record/table_schema.h"
#include "settings/code_table_file.h"
#include "settings/section.h"

namespace sluice::settings {

// `schema` is null where the dataset is unknown: what its fields would have to agree with is then
// not looked at.
[[nodiscard]] intake::Mapping read_mapping(Section section, const CodeTableFiles& codes,
                                           const record::TableSchema* schema);

}  // namespace sluice::settings

// Reads what a bureau's file says of the way from its columns to a dataset's fields.
#pragma once

#include <filesystem>

#include "intake/mapping.h"
#include "record/table_schema.h"
#include "settings/section.h"

namespace sluice::settings {

// `base`: what the paths of code tables are relative to. `schema` is null where the dataset is
// unknown: what its fields would have to agree with is then not looked at.
[[nodiscard]] intake::Mapping read_mapping(Section section, const std::filesystem::path& base,
                                           const record::TableSchema* schema);

}  // namespace sluice::settings

// The mapping of a migration: written by an operator in the words of a bureau's `mapping`, and kept
// in the store's ledger as one text that says all, code tables included, so that it means the same
// in years.
#pragma once

#include <expected>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "intake/mapping.h"
#include "record/table_schema.h"
#include "settings/settings.h"

namespace sluice::settings {

// `schema`: of the version that is to begin.
[[nodiscard]] std::expected<intake::Mapping, std::vector<Complaint>> read_mapping_file(
    const std::filesystem::path& file, const record::TableSchema& schema);

// JSON, the same for the same mapping.
[[nodiscard]] std::string mapping_text(const intake::Mapping& mapping);
[[nodiscard]] std::expected<intake::Mapping, std::vector<Complaint>> parse_mapping_text(
    std::string_view text);

}  // namespace sluice::settings

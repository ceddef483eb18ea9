// Reads one field of a Table Schema; docs/table-schema.md says what is taken and what is refused.
#pragma once

#include "record/table_schema.h"
#include "settings/document.h"

namespace sluice::settings {

[[nodiscard]] record::Field read_field(const Value& value, Complaints& complaints);

}  // namespace sluice::settings

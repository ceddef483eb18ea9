// Reads how a field is keyed by hand: the properties of a schema's field that only a form looks at.
#pragma once

#include <vector>

#include "entry/code_table.h"
#include "record/table_schema.h"
#include "settings/readers.h"
#include "settings/section.h"

namespace sluice::settings {

// `section` is the field's, whose other properties are in `field` already.
[[nodiscard]] record::Keying read_keying(Section& section, const record::Field& field);

// What only the code table's file can tell: that it has codes, and that the field takes them.
void check_codes(const Value& field_value, const record::Field& field,
                 const std::vector<entry::CodeEntry>& codes, Complaints& complaints);

// What can only be checked once every schema is read: that what is offered exists, is of the
// field's type, and that its record can be found from one of `dataset`.
void check_prefill(const Value& field_value, const record::Field& field,
                   const record::Dataset& dataset, const Datasets& datasets,
                   Complaints& complaints);

}  // namespace sluice::settings

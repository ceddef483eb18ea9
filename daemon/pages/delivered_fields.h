// What of a delivered record is carried into the bureau's own system, as its task keeps it:
// adapters/manual_entry/record_layout.h writes it.
#pragma once

#include <expected>
#include <string_view>
#include <vector>

#include "pages/view/outgoing_view.h"
#include "record/failure.h"

namespace sluice::pages {

// Of a JSON array of objects, in the order of the other system's screen: `field`, `label`, `group`,
// `value` (none: the field is empty) and `sensitivity`. Of these only `field` must be there. No
// tick is set.
[[nodiscard]] std::expected<std::vector<OutgoingField>, record::Flaw> delivered_fields(
    std::string_view json);

}  // namespace sluice::pages

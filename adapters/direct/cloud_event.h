// What of a CloudEvent (CloudEvents 1.0.2) means something here: its type says the operation, its
// time is the time at the source. Extension attributes are let be, as the specification asks.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "intake/row.h"

namespace sluice::adapters::direct {

// Nothing where the event does not have the attribute.
struct EventAttributes {
  intake::SourceValue specversion;
  intake::SourceValue type;
  intake::SourceValue id;
  intake::SourceValue source;
  intake::SourceValue time;
  intake::SourceValue datacontenttype;
};

// The attribute of that name; null for one without meaning here.
[[nodiscard]] intake::SourceValue* attribute(EventAttributes& event, std::string_view name);

// Checks what the specification requires, and that the data is JSON. A type ends in `.upserted` or
// `.deleted`, as in cn.gov.sluice.record.upserted. The problem's field is the attribute's name.
[[nodiscard]] std::expected<record::Operation, intake::RowProblem> operation_of(
    const EventAttributes& event);

// An event that came in binary form, its attributes in headers and `data` in the body, in
// structured form. What is not valid in `data` stays so.
void append_structured(std::string& json, const EventAttributes& event, std::string_view data);

}  // namespace sluice::adapters::direct

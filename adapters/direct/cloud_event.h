// What of a CloudEvent (CloudEvents 1.0.2) means something here: its type says the operation, its
// time is the time at the source. Extension attributes are let be, as the specification asks, as
// long as they are attributes by its rules.
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
  intake::SourceValue dataschema = std::nullopt;
  intake::SourceValue subject = std::nullopt;
};

// The attribute of that name; null for one without meaning here.
[[nodiscard]] intake::SourceValue* attribute(EventAttributes& event, std::string_view name);

// CloudEvents' own rule: small letters and digits.
[[nodiscard]] bool is_attribute_name(std::string_view name);
inline constexpr std::string_view no_attribute_name =
    "this is no name of an attribute; CloudEvents takes lower-case letters and digits only";

// Whether valid UTF-8 is a String of CloudEvents: no control characters, no noncharacters.
[[nodiscard]] bool is_event_string(std::string_view text);
inline constexpr std::string_view no_event_string =
    "the attribute holds a control character or another that CloudEvents does not take in a string";

// Whether a JSON value that is no string may be an attribute's: a boolean, null, or a whole number
// of 32 bits.
[[nodiscard]] bool is_event_scalar(std::string_view json);

// Checks what the specification requires, and that the data is JSON. A type ends in `.upserted` or
// `.deleted`, as in cn.gov.sluice.record.upserted. The problem's field is the attribute's name.
[[nodiscard]] std::expected<record::Operation, intake::RowProblem> operation_of(
    const EventAttributes& event);

// An event that came in binary form, its attributes in headers and `data` in the body, in
// structured form. `extensions` are JSON members with a comma behind each. What is not valid in
// `data` stays so.
void append_structured(std::string& json, const EventAttributes& event, std::string_view extensions,
                       std::string_view data);

}  // namespace sluice::adapters::direct

// In which of the forms that direct docking takes a call's body is, by its Content-Type.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "record/failure.h"

namespace sluice::adapters::direct {

enum class MediaType {
  json,          // an array of records, or one record
  ndjson,        // a record a line
  event,         // a CloudEvent in structured form
  event_batch,   // an array of CloudEvents
  event_binary,  // a record; the event's attributes are in `ce-` headers
};

// `has_event_headers`: whether the call has any `ce-` header. The failure's
// sentence is for the caller: what was wrong with the type and which there are.
[[nodiscard]] std::expected<MediaType, record::Flaw> media_type(std::string_view content_type,
                                                                bool has_event_headers);

// The type that Sluice calls it by.
[[nodiscard]] std::string_view to_string(MediaType type);

// In which form a single row's bytes lie in the quarantine: to read them again, make a call of
// them. Rows of arrays and lines are records; those of every kind of event are structured events.
[[nodiscard]] MediaType quarantined_as(MediaType type);

// application/json or any type with the +json suffix; parameters do not matter.
[[nodiscard]] bool is_json(std::string_view content_type);

}  // namespace sluice::adapters::direct

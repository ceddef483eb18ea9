// The `ce-` headers of a call: the attributes of a CloudEvent in binary form (CloudEvents 1.0.2,
// HTTP protocol binding, section 3.1).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "adapters/direct/cloud_event.h"
#include "server/request.h"

namespace sluice::api {

// Whether a call means to be an event. One such header is enough, whatever its name: a caller who
// leaves `ce-specversion` out must not have its deletes taken for records.
[[nodiscard]] bool has_event_headers(std::span<const server::HeaderField> headers);

struct EventHeaders {
  adapters::direct::EventAttributes event;
  // The other attributes as members of a JSON object, a comma behind each.
  std::string_view extensions;
  // What makes the headers no event's, where something does: the first such thing.
  std::optional<intake::RowProblem> fault;
};

// What the views point into; it must live as long as they.
struct EventText {
  std::string values;
  std::string extensions;
};

// Undoes what the binding does to values (percent-encoding, and double quotes as older versions had
// them) and checks names and values by CloudEvents' type system. Whether the attributes make a
// whole event is operation_of()'s to say.
[[nodiscard]] EventHeaders read_event_headers(std::span<const server::HeaderField> headers,
                                              EventText& text);

}  // namespace sluice::api

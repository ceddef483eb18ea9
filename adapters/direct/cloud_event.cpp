#include "adapters/direct/cloud_event.h"

#include <utility>

#include "adapters/direct/json_scanner.h"
#include "adapters/direct/media_type.h"

namespace sluice::adapters::direct {
namespace {

constexpr std::pair<std::string_view, intake::SourceValue EventAttributes::*> attributes[] = {
    {"specversion", &EventAttributes::specversion},
    {"type", &EventAttributes::type},
    {"id", &EventAttributes::id},
    {"source", &EventAttributes::source},
    {"time", &EventAttributes::time},
    {"datacontenttype", &EventAttributes::datacontenttype}};

std::unexpected<intake::RowProblem> problem(std::string_view attribute, std::string sentence) {
  return std::unexpected(
      intake::RowProblem{std::string(attribute), "cloudevent", std::move(sentence)});
}

}  // namespace

intake::SourceValue* attribute(EventAttributes& event, std::string_view name) {
  for (const auto& [known, member] : attributes) {
    if (name == known) return &(event.*member);
  }
  return nullptr;
}

std::expected<record::Operation, intake::RowProblem> operation_of(const EventAttributes& event) {
  for (const auto& [name, member] : attributes) {
    const bool required = name != "time" && name != "datacontenttype";
    if (required && (event.*member).value_or("").empty()) {
      return problem(name, "the event lacks this attribute, which CloudEvents requires");
    }
  }
  if (*event.specversion != "1.0") {
    return problem("specversion", "found another version of CloudEvents; expected 1.0");
  }
  if (event.datacontenttype && !is_json(*event.datacontenttype)) {
    return problem("datacontenttype",
                   "the event's data is of another type; expected application/json");
  }
  if (event.type->ends_with(".upserted")) return record::Operation::upsert;
  if (event.type->ends_with(".deleted")) return record::Operation::remove;
  return problem("type",
                 "the type does not say the operation; expected one that ends in .upserted or "
                 ".deleted, such as cn.gov.sluice.record.upserted");
}

void append_structured(std::string& json, const EventAttributes& event, std::string_view data) {
  json.push_back('{');
  for (const auto& [name, member] : attributes) {
    const intake::SourceValue& value = event.*member;
    if (!value) continue;
    append_json_string(json, name);
    json.push_back(':');
    append_json_string(json, *value);
    json.push_back(',');
  }
  json.append("\"data\":").append(data).push_back('}');
}

}  // namespace sluice::adapters::direct

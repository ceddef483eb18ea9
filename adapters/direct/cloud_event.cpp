#include "adapters/direct/cloud_event.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <span>
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
    {"datacontenttype", &EventAttributes::datacontenttype},
    {"dataschema", &EventAttributes::dataschema},
    {"subject", &EventAttributes::subject}};

constexpr std::string_view required_attributes[] = {"specversion", "type", "id", "source"};
// May be left out, but not be empty.
constexpr std::string_view optional_attributes[] = {"dataschema", "subject"};

std::unexpected<intake::RowProblem> problem(std::string_view attribute, std::string sentence) {
  return std::unexpected(
      intake::RowProblem{std::string(attribute), "cloudevent", std::move(sentence)});
}

bool is_one_of(std::span<const std::string_view> names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

// The code point that begins at `at` of valid UTF-8; `at` goes on behind it.
char32_t next_code_point(std::string_view text, std::size_t& at) {
  const auto byte = [&] { return static_cast<unsigned char>(text[at++]); };
  const char32_t first = byte();
  if (first < 0x80) return first;
  const int more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
  char32_t point = first & (0x3FU >> more);
  for (int i = 0; i < more; ++i)
    point = (point << 6) | (byte() & 0x3FU);
  return point;
}

bool is_control(char32_t point) {
  return point < 0x20 || (point >= 0x7F && point <= 0x9F);
}

bool is_noncharacter(char32_t point) {
  return (point >= 0xFDD0 && point <= 0xFDEF) || (point & 0xFFFEU) == 0xFFFE;
}

}  // namespace

bool is_attribute_name(std::string_view name) {
  // `data` is no attribute, but the record itself.
  return !name.empty() && name != "data" && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  });
}

bool is_event_string(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const char32_t point = next_code_point(text, at);
    if (is_control(point) || is_noncharacter(point)) return false;
  }
  return true;
}

bool is_event_scalar(std::string_view json) {
  if (json == "true" || json == "false" || json == "null") return true;
  std::int32_t number = 0;
  const auto [end, error] = std::from_chars(json.data(), json.data() + json.size(), number);
  return error == std::errc{} && end == json.data() + json.size();
}

intake::SourceValue* attribute(EventAttributes& event, std::string_view name) {
  for (const auto& [known, member] : attributes) {
    if (name == known) return &(event.*member);
  }
  return nullptr;
}

std::expected<record::Operation, intake::RowProblem> operation_of(const EventAttributes& event) {
  for (const auto& [name, member] : attributes) {
    const intake::SourceValue& value = event.*member;
    if (is_one_of(required_attributes, name) && value.value_or("").empty()) {
      return problem(name, "the event lacks this attribute, which CloudEvents requires");
    }
    if (is_one_of(optional_attributes, name) && value == "") {
      return problem(name, "the attribute is empty; give it a value, or leave it out");
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

void append_structured(std::string& json, const EventAttributes& event, std::string_view extensions,
                       std::string_view data) {
  json.push_back('{');
  for (const auto& [name, member] : attributes) {
    const intake::SourceValue& value = event.*member;
    if (!value) continue;
    append_json_string(json, name);
    json.push_back(':');
    append_json_string(json, *value);
    json.push_back(',');
  }
  json.append(extensions).append("\"data\":").append(data).push_back('}');
}

}  // namespace sluice::adapters::direct

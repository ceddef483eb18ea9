#include "record/canonical_schema.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace sluice::record {
namespace {

constexpr std::array string_formats = {StringFormat::any, StringFormat::email, StringFormat::uri,
                                       StringFormat::uuid, StringFormat::binary};
constexpr std::array checks = {Check::none, Check::uscc, Check::citizen_id, Check::region_code};
constexpr std::array sensitivities = {Sensitivity::open, Sensitivity::internal,
                                      Sensitivity::personal};
constexpr std::array matches = {FieldsMatch::exact, FieldsMatch::equal, FieldsMatch::subset,
                                FieldsMatch::superset, FieldsMatch::partial};

// Reads what is there and leaves the rest as it is by default: whether all of it was understood
// shows when the schema is written again.
std::string text(const boost::json::object& object, std::string_view name) {
  const boost::json::value* value = object.if_contains({name.data(), name.size()});
  const boost::json::string* found = value == nullptr ? nullptr : value->if_string();
  return found == nullptr ? std::string() : std::string(found->data(), found->size());
}

const boost::json::array& array(const boost::json::object& object, std::string_view name) {
  static const boost::json::array none;
  const boost::json::value* value = object.if_contains({name.data(), name.size()});
  const boost::json::array* found = value == nullptr ? nullptr : value->if_array();
  return found == nullptr ? none : *found;
}

bool flag(const boost::json::object& object, std::string_view name) {
  const boost::json::value* value = object.if_contains({name.data(), name.size()});
  return value != nullptr && value->is_bool() && value->get_bool();
}

std::vector<std::string> texts(const boost::json::array& list) {
  std::vector<std::string> result;
  for (const boost::json::value& value : list) {
    const boost::json::string* found = value.if_string();
    if (found != nullptr) result.emplace_back(found->data(), found->size());
  }
  return result;
}

std::optional<std::string> text_if_there(const boost::json::object& object, std::string_view name) {
  if (!object.contains({name.data(), name.size()})) return std::nullopt;
  return text(object, name);
}

std::optional<std::size_t> length_if_there(const boost::json::object& object,
                                           std::string_view name) {
  const boost::json::value* value = object.if_contains({name.data(), name.size()});
  if (value == nullptr) return std::nullopt;
  boost::json::error_code error;
  const auto number = value->to_number<std::size_t>(error);
  return error.failed() ? 0 : number;
}

template <class Enum, std::size_t count>
void take_named(const std::array<Enum, count>& values, std::string_view name, Enum& into) {
  const auto* found =
      std::ranges::find_if(values, [&](Enum value) { return to_string(value) == name; });
  if (found != values.end()) into = *found;
}

Constraints constraints_of(const boost::json::object& object) {
  Constraints constraints;
  constraints.required = flag(object, "required");
  constraints.unique = flag(object, "unique");
  constraints.min_length = length_if_there(object, "minLength");
  constraints.max_length = length_if_there(object, "maxLength");
  constraints.minimum = text_if_there(object, "minimum");
  constraints.maximum = text_if_there(object, "maximum");
  constraints.exclusive_minimum = text_if_there(object, "exclusiveMinimum");
  constraints.exclusive_maximum = text_if_there(object, "exclusiveMaximum");
  constraints.pattern = text_if_there(object, "pattern");
  constraints.enumeration = texts(array(object, "enum"));
  constraints.json_schema = text_if_there(object, "jsonSchema");
  return constraints;
}

Field field_of(const boost::json::object& object) {
  Field field;
  field.name = text(object, "name");
  field.type = field_type(text(object, "type")).value_or(FieldType::string);
  take_named(string_formats, text(object, "format"), field.format);
  if (field.type == FieldType::boolean) {
    field.true_values = texts(array(object, "trueValues"));
    field.false_values = texts(array(object, "falseValues"));
  }
  if (const std::string decimal = text(object, "decimalChar"); !decimal.empty()) {
    field.decimal_char = decimal.front();
  }
  field.group_char = text(object, "groupChar");
  const boost::json::value* constraints = object.if_contains("constraints");
  if (constraints != nullptr && constraints->is_object()) {
    field.constraints = constraints_of(constraints->get_object());
  }
  take_named(checks, text(object, "sluice:check"), field.check);
  take_named(sensitivities, text(object, "sluice:sensitivity"), field.sensitivity);
  field.carries_case_number = flag(object, "sluice:caseNumber");
  return field;
}

TableSchema schema_of(const boost::json::object& object) {
  TableSchema schema;
  for (const boost::json::value& field : array(object, "fields")) {
    if (field.is_object()) schema.fields.push_back(field_of(field.get_object()));
  }
  schema.primary_key = texts(array(object, "primaryKey"));
  for (const boost::json::value& key : array(object, "uniqueKeys")) {
    if (key.is_array()) schema.unique_keys.push_back(texts(key.get_array()));
  }
  for (const boost::json::value& value : array(object, "foreignKeys")) {
    if (!value.is_object()) continue;
    const boost::json::object& key = value.get_object();
    schema.foreign_keys.push_back({texts(array(key, "fields")), DatasetId(text(key, "dataset")),
                                   texts(array(key, "references"))});
  }
  schema.missing_values = texts(array(object, "missingValues"));
  take_named(matches, text(object, "fieldsMatch"), schema.fields_match);
  return schema;
}

std::unexpected<CanonicalSchemaFailure> malformed(std::string sentence) {
  return std::unexpected(
      CanonicalSchemaFailure{CanonicalSchemaProblem::malformed, "schema", std::move(sentence)});
}

}  // namespace

std::expected<TableSchema, CanonicalSchemaFailure> parse_canonical_schema(std::string_view json) {
  boost::json::error_code error;
  const boost::json::value value = boost::json::parse({json.data(), json.size()}, error);
  if (error.failed()) return malformed(fmt::format("not JSON: {}", error.message()));
  if (!value.is_object()) return malformed("expected a JSON object");
  TableSchema schema = schema_of(value.get_object());
  if (canonical_json(schema) != json) {
    return malformed(
        "it is no schema as this version writes it: a member is missing, unknown, or "
        "not as expected");
  }
  if (schema.primary_key.empty()) return malformed("it has no primary key");
  for (const std::string& name : schema.primary_key) {
    if (!field_index(schema, name)) {
      return malformed(fmt::format("its primary key names {}, which is no field", name));
    }
  }
  return schema;
}

}  // namespace sluice::record

#include "record/table_schema.h"

#include <algorithm>
#include <array>
#include <utility>

#include <boost/json.hpp>

#include "record/canonical_schema.h"

namespace sluice::record {
namespace {

constexpr std::array<std::pair<FieldType, std::string_view>, 12> type_names = {{
    {FieldType::string, "string"},
    {FieldType::number, "number"},
    {FieldType::integer, "integer"},
    {FieldType::boolean, "boolean"},
    {FieldType::object, "object"},
    {FieldType::array, "array"},
    {FieldType::date, "date"},
    {FieldType::datetime, "datetime"},
    {FieldType::time, "time"},
    {FieldType::year, "year"},
    {FieldType::yearmonth, "yearmonth"},
    {FieldType::duration, "duration"},
}};

boost::json::string json_text(std::string_view text) {
  return boost::json::string(text.data(), text.size());
}

boost::json::array list(const std::vector<std::string>& texts) {
  boost::json::array array;
  for (const std::string& text : texts)
    array.emplace_back(text);
  return array;
}

template <class T>
void put(boost::json::object& object, const char* name, const std::optional<T>& value) {
  if (value) object[name] = boost::json::value_from(*value);
}

boost::json::object constraints_value(const Constraints& constraints) {
  boost::json::object object;
  if (constraints.required) object["required"] = true;
  if (constraints.unique) object["unique"] = true;
  put(object, "minLength", constraints.min_length);
  put(object, "maxLength", constraints.max_length);
  put(object, "minimum", constraints.minimum);
  put(object, "maximum", constraints.maximum);
  put(object, "exclusiveMinimum", constraints.exclusive_minimum);
  put(object, "exclusiveMaximum", constraints.exclusive_maximum);
  put(object, "pattern", constraints.pattern);
  if (!constraints.enumeration.empty()) object["enum"] = list(constraints.enumeration);
  put(object, "jsonSchema", constraints.json_schema);
  return object;
}

boost::json::object field_value(const Field& field) {
  boost::json::object object{{"name", field.name}, {"type", json_text(to_string(field.type))}};
  if (field.type == FieldType::string) object["format"] = json_text(to_string(field.format));
  if (field.type == FieldType::boolean) {
    object["trueValues"] = list(field.true_values);
    object["falseValues"] = list(field.false_values);
  }
  if (field.type == FieldType::number || field.type == FieldType::integer) {
    object["decimalChar"] = std::string(1, field.decimal_char);
    object["groupChar"] = field.group_char;
  }
  object["constraints"] = constraints_value(field.constraints);
  object["sluice:check"] = json_text(to_string(field.check));
  object["sluice:sensitivity"] = json_text(to_string(field.sensitivity));
  object["sluice:caseNumber"] = field.carries_case_number;
  return object;
}

}  // namespace

std::optional<std::size_t> field_index(const TableSchema& schema, std::string_view name) {
  const auto found = std::ranges::find(schema.fields, name, &Field::name);
  if (found == schema.fields.end()) return std::nullopt;
  return static_cast<std::size_t>(found - schema.fields.begin());
}

std::vector<std::size_t> key_columns(const TableSchema& schema) {
  std::vector<std::size_t> columns;
  columns.reserve(schema.primary_key.size());
  for (const std::string& name : schema.primary_key) {
    columns.push_back(field_index(schema, name).value());
  }
  return columns;
}

std::string canonical_json(const TableSchema& schema) {
  boost::json::array fields;
  for (const Field& field : schema.fields)
    fields.push_back(field_value(field));
  boost::json::array unique_keys;
  for (const auto& key : schema.unique_keys)
    unique_keys.push_back(list(key));
  boost::json::array foreign_keys;
  for (const ForeignKey& key : schema.foreign_keys) {
    foreign_keys.push_back({{"fields", list(key.fields)},
                            {"dataset", key.dataset.str()},
                            {"references", list(key.reference_fields)}});
  }
  const boost::json::object object{{"fields", fields},
                                   {"primaryKey", list(schema.primary_key)},
                                   {"uniqueKeys", unique_keys},
                                   {"foreignKeys", foreign_keys},
                                   {"missingValues", list(schema.missing_values)},
                                   {"fieldsMatch", json_text(to_string(schema.fields_match))}};
  return boost::json::serialize(object);
}

Digest schema_digest(const TableSchema& schema) {
  return sha256(canonical_json(schema));
}

std::string_view to_string(FieldType type) {
  return std::ranges::find(type_names, type, &decltype(type_names)::value_type::first)->second;
}

std::optional<FieldType> field_type(std::string_view name) {
  const auto* found =
      std::ranges::find(type_names, name, &decltype(type_names)::value_type::second);
  if (found == type_names.end()) return std::nullopt;
  return found->first;
}

std::string_view to_string(StringFormat format) {
  switch (format) {
    case StringFormat::any:
      return "default";
    case StringFormat::email:
      return "email";
    case StringFormat::uri:
      return "uri";
    case StringFormat::uuid:
      return "uuid";
    case StringFormat::binary:
      return "binary";
  }
  return "?";
}

std::string_view to_string(Check check) {
  switch (check) {
    case Check::none:
      return "none";
    case Check::uscc:
      return "uscc";
    case Check::citizen_id:
      return "citizen-id";
    case Check::region_code:
      return "region-code";
  }
  return "?";
}

std::string_view to_string(Sensitivity sensitivity) {
  switch (sensitivity) {
    case Sensitivity::open:
      return "open";
    case Sensitivity::internal:
      return "internal";
    case Sensitivity::personal:
      return "personal";
  }
  return "?";
}

std::string_view to_string(FieldsMatch match) {
  switch (match) {
    case FieldsMatch::exact:
      return "exact";
    case FieldsMatch::equal:
      return "equal";
    case FieldsMatch::subset:
      return "subset";
    case FieldsMatch::superset:
      return "superset";
    case FieldsMatch::partial:
      return "partial";
  }
  return "?";
}

std::string_view to_string(Verify verify) {
  switch (verify) {
    case Verify::none:
      return "none";
    case Verify::sight:
      return "sight";
    case Verify::blind:
      return "blind";
  }
  return "?";
}

}  // namespace sluice::record

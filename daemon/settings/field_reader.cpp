#include "settings/field_reader.h"

#include <algorithm>
#include <array>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "record/record_checker.h"
#include "settings/keying_reader.h"
#include "settings/section.h"

namespace sluice::settings {
namespace {

using record::FieldType;

const std::array<std::string, 12> type_names = {"string", "number", "integer",   "boolean",
                                                "object", "array",  "date",      "datetime",
                                                "time",   "year",   "yearmonth", "duration"};
const std::array<std::string, 5> string_formats = {"default", "email", "uri", "uuid", "binary"};
constexpr std::array formats = {record::StringFormat::any, record::StringFormat::email,
                                record::StringFormat::uri, record::StringFormat::uuid,
                                record::StringFormat::binary};
const std::array<std::string, 4> check_names = {"none", "uscc", "citizen-id", "region-code"};
constexpr std::array checks = {record::Check::none, record::Check::uscc, record::Check::citizen_id,
                               record::Check::region_code};
const std::array<std::string, 3> sensitivity_names = {"open", "internal", "personal"};
constexpr std::array sensitivities = {record::Sensitivity::open, record::Sensitivity::internal,
                                      record::Sensitivity::personal};

struct RefusedType {
  std::string_view name;
  const char* instead;
};
constexpr std::array refused_types = {
    RefusedType{"any", "one type: a column of any type could not be checked or compared"},
    RefusedType{"list", "array, which is JSON, or a dataset of its own for the items"},
    RefusedType{"geopoint", "two number fields, for longitude and latitude"},
    RefusedType{"geojson", "object, with a jsonSchema if need be"},
};

// PostgreSQL keeps 63 bytes of a name; the rest is for what names of indexes add.
constexpr std::size_t longest_name = 59;

// A jsonSchema constraint as JSON text again.
boost::json::value json_of(const Value& value) {
  if (value.is_map()) {
    boost::json::object object;
    for (const Member& member : value.members)
      object[member.key] = json_of(member.value);
    return object;
  }
  if (value.is_list()) {
    boost::json::array array;
    for (const Value& item : value.items)
      array.push_back(json_of(item));
    return array;
  }
  if (!value.is_scalar()) return nullptr;
  if (value.quoted) return boost::json::string(value.text);
  boost::system::error_code error;
  const boost::json::value parsed = boost::json::parse(value.text, error);
  return error ? boost::json::value(boost::json::string(value.text)) : parsed;
}

void read_name(Section& section, record::Field& field) {
  field.name = section.required_text("name");
  if (field.name.size() > longest_name) {
    section.complain("name", fmt::format("a name of {} bytes", field.name.size()),
                     fmt::format("at most {}, so that a column can be named so,", longest_name));
  }
  if (field.name.starts_with("sluice_")) {
    section.complain("name", in_quotes(field.name), "a name without the reserved prefix sluice_");
  }
  if (std::ranges::any_of(field.name,
                          [](char c) { return static_cast<unsigned char>(c) < 0x20; })) {
    section.complain("name", in_quotes(field.name), "a name without control characters");
  }
}

FieldType read_type(Section& section) {
  const auto text = section.text("type");
  if (!text) return FieldType::string;
  if (const auto type = record::field_type(*text)) return *type;
  const auto* refused = std::ranges::find(refused_types, *text, &RefusedType::name);
  if (refused != refused_types.end()) {
    section.complain("type", in_quotes(*text), refused->instead);
  } else {
    static_cast<void>(section.choice("type", type_names));
  }
  return FieldType::string;
}

void read_format(Section& section, record::Field& field) {
  if (field.type == FieldType::string) {
    if (const auto format = section.choice("format", string_formats)) {
      field.format = formats[*format];
    }
  } else if (const auto format = section.text("format"); format && *format != "default") {
    section.complain("format", in_quotes(*format),
                     "default: how a bureau writes its values is said in its mapping,");
  }
}

bool is_of(const record::Field& field, std::initializer_list<FieldType> types) {
  return std::ranges::find(types, field.type) != types.end();
}

void expect_type(Section& section, const std::string& key, const record::Field& field,
                 std::initializer_list<FieldType> types, const char* expected) {
  if (!section.has(key) || is_of(field, types)) return;
  section.complain(key, fmt::format("a field of type {}", record::to_string(field.type)), expected);
}

void read_length(Section& section, const record::Field& field, record::Constraints& constraints) {
  constexpr std::uint64_t longest = std::uint64_t{1} << 30;
  constraints.min_length = section.count("minLength", 0, longest);
  constraints.max_length = section.count("maxLength", 0, longest);
  if (constraints.min_length && constraints.max_length &&
      *constraints.min_length > *constraints.max_length) {
    section.complain("minLength", "more than `maxLength`", "at most as much");
  }
  for (const char* key : {"minLength", "maxLength"}) {
    expect_type(section, key, field, {FieldType::string, FieldType::object, FieldType::array},
                "type string, object or array");
  }
}

record::Constraints read_constraints(Section section, const record::Field& field) {
  record::Constraints constraints;
  constraints.required = section.boolean("required").value_or(false);
  constraints.unique = section.boolean("unique").value_or(false);
  read_length(section, field, constraints);
  constraints.minimum = section.text("minimum");
  constraints.maximum = section.text("maximum");
  constraints.exclusive_minimum = section.text("exclusiveMinimum");
  constraints.exclusive_maximum = section.text("exclusiveMaximum");
  constraints.pattern = section.text("pattern");
  expect_type(section, "pattern", field, {FieldType::string}, "type string");
  constraints.enumeration = section.texts("enum");
  if (const Value* values = section.find("enum"); values != nullptr && values->is_list()) {
    if (values->items.empty()) section.complain("enum", "no value", "at least one");
  }
  if (const Value* schema = section.find("jsonSchema")) {
    constraints.json_schema = boost::json::serialize(json_of(*schema));
  }
  section.finish();
  return constraints;
}

// How a source may write the field's values.
void read_writing(Section& section, record::Field& field) {
  if (section.has("trueValues")) field.true_values = section.texts("trueValues");
  if (section.has("falseValues")) field.false_values = section.texts("falseValues");
  for (const char* key : {"trueValues", "falseValues"}) {
    expect_type(section, key, field, {FieldType::boolean}, "type boolean");
  }
  for (const std::string& value : field.true_values) {
    if (std::ranges::find(field.false_values, value) != field.false_values.end()) {
      section.complain("trueValues", in_quotes(value) + " both in trueValues and in falseValues",
                       "each value once");
    }
  }
  field.decimal_char = section.character("decimalChar").value_or(field.decimal_char);
  field.group_char = section.text("groupChar").value_or("");
  expect_type(section, "decimalChar", field, {FieldType::number}, "type number");
  expect_type(section, "groupChar", field, {FieldType::number, FieldType::integer},
              "type number or integer");
  if (!field.group_char.empty() && field.group_char == std::string(1, field.decimal_char)) {
    section.complain("groupChar", "the same as `decimalChar`", "another one");
  }
  if (section.boolean("bareNumber") == false) {
    section.complain("bareNumber", "`false`",
                     "true: what stands around a number is taken away by the mapping's steps,");
  }
  if (section.has("missingValues")) {
    section.complain("missingValues", "missing values of one field",
                     "those of the whole schema, or `missing` in the bureau's mapping,");
  }
}

void read_own_properties(Section& section, record::Field& field) {
  if (const auto check = section.choice("sluice:check", check_names)) {
    field.check = checks[*check];
    expect_type(section, "sluice:check", field, {FieldType::string}, "type string");
  }
  if (const auto sensitivity = section.choice("sluice:sensitivity", sensitivity_names)) {
    field.sensitivity = sensitivities[*sensitivity];
  }
  field.carries_case_number = section.boolean("sluice:caseNumber").value_or(false);
  expect_type(section, "sluice:caseNumber", field, {FieldType::string}, "type string");
}

// A limit that no value under the other one meets.
void check_order(const Value& constraints, const record::Field& field, Complaints& complaints) {
  for (const auto& [low, high] :
       {std::pair{"minimum", "maximum"}, std::pair{"exclusiveMinimum", "exclusiveMaximum"}}) {
    const Member* least = constraints.find(low);
    const Member* most = constraints.find(high);
    if (least == nullptr || most == nullptr) continue;
    record::Field only_least = field;
    only_least.constraints = {.minimum = least->value.text};
    auto checker = record::RecordChecker::compile({.fields = {only_least}});
    if (!checker) continue;
    std::string buffer;
    const auto checked = checker->columns().front().check_canonical(most->value.text, buffer);
    if (checked || checked.error().rule != "minimum") continue;
    complaints.add(most->value.place, fmt::format("less than `{}`", low),
                   fmt::format("at least as much for `{}`", high));
  }
}

}  // namespace

record::Field read_field(const Value& value, Complaints& complaints) {
  record::Field field;
  Section section(value, complaints);
  read_name(section, field);
  field.type = read_type(section);
  read_format(section, field);
  field.title = section.text("title").value_or("");
  field.description = section.text("description").value_or("");
  section.ignore({"example", "rdfType", "categories", "categoriesOrdered"});
  read_writing(section, field);
  if (auto constraints = section.section("constraints")) {
    field.constraints = read_constraints(std::move(*constraints), field);
    if (const Member* member = value.find("constraints")) {
      check_order(member->value, field, complaints);
    }
  }
  read_own_properties(section, field);
  field.keying = read_keying(section, field);
  section.finish();
  return field;
}

}  // namespace sluice::settings

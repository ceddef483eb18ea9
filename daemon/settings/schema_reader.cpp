#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "record/record_checker.h"
#include "settings/field_reader.h"
#include "settings/keying_reader.h"
#include "settings/readers.h"
#include "settings/section.h"

namespace sluice::settings {
namespace {

using record::FieldType;

const std::array<std::string, 5> match_names = {"exact", "equal", "subset", "superset", "partial"};
constexpr std::array matches = {record::FieldsMatch::exact, record::FieldsMatch::equal,
                                record::FieldsMatch::subset, record::FieldsMatch::superset,
                                record::FieldsMatch::partial};

std::vector<std::string> names_of(const record::TableSchema& schema) {
  std::vector<std::string> names;
  names.reserve(schema.fields.size());
  for (const record::Field& field : schema.fields)
    names.push_back(field.name);
  return names;
}

// SQLite's column names are the same whatever the case of their ASCII letters.
std::string folded(std::string name) {
  std::ranges::transform(name, name.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return name;
}

void read_fields(Section& root, record::TableSchema& schema) {
  Complaints& complaints = root.complaints();
  for (const Value& item : root.list("fields")) {
    record::Field field = read_field(item, complaints);
    const auto same = std::ranges::find(schema.fields, folded(field.name),
                                        [](const auto& other) { return folded(other.name); });
    if (same != schema.fields.end() && !field.name.empty()) {
      complaints.add(item.place, "a second field " + in_quotes(field.name),
                     "each name once, whatever the case of its letters");
    }
    schema.fields.push_back(std::move(field));
  }
  if (schema.fields.empty()) {
    complaints.add(root.place_of("fields"), "no field", "a list `fields` with at least one");
  }
}

void check_names_exist(Section& section, const std::string& key,
                       const std::vector<std::string>& names, const record::TableSchema& schema) {
  const std::vector<std::string> known = names_of(schema);
  std::vector<std::string> seen;
  for (const std::string& name : names) {
    if (std::ranges::find(known, name) == known.end()) {
      section.complain(key, in_quotes(name), "a field's name", nearest(name, known));
    }
    if (std::ranges::find(seen, name) != seen.end()) {
      section.complain(key, "a second " + in_quotes(name), "each field once");
    }
    seen.push_back(name);
  }
}

// Equal keys must be equal texts: the journal, the digests and both stores compare them as such.
bool can_be_key(FieldType type) {
  return type != FieldType::object && type != FieldType::array && type != FieldType::number &&
         type != FieldType::duration;
}

void read_primary_key(Section& root, record::TableSchema& schema) {
  schema.primary_key = root.texts("primaryKey");
  if (schema.primary_key.empty()) {
    root.complaints().add(root.place_of("primaryKey"), "no `primaryKey`",
                          "the fields by which a record is known");
  }
  check_names_exist(root, "primaryKey", schema.primary_key, schema);
  for (const std::string& name : schema.primary_key) {
    const auto index = record::field_index(schema, name);
    if (!index) continue;
    const record::Field& field = schema.fields[*index];
    if (!can_be_key(field.type)) {
      root.complain("primaryKey",
                    fmt::format("{} of type {}", in_quotes(name), record::to_string(field.type)),
                    "fields of which one value is written in one way");
    }
    if (!field.constraints.required) {
      root.complain("primaryKey", in_quotes(name) + ", which may be missing",
                    "fields with `\"required\": true` among their constraints");
    }
  }
}

void read_unique_keys(Section& root, record::TableSchema& schema) {
  for (const Value& item : root.list("uniqueKeys")) {
    std::vector<std::string> key;
    for (const Value& name : item.items) {
      if (name.is_scalar()) key.push_back(name.text);
    }
    if (!item.is_list() || key.size() != item.items.size() || key.empty()) {
      root.complaints().add(item.place, described(item), "a list of field names in `uniqueKeys`");
      continue;
    }
    check_names_exist(root, "uniqueKeys", key, schema);
    schema.unique_keys.push_back(std::move(key));
  }
}

std::vector<std::string> read_missing_values(Section& root) {
  std::vector<std::string> values;
  for (const Value& item : root.list("missingValues")) {
    if (item.is_scalar()) {
      values.push_back(item.text);
      continue;
    }
    Section labelled(item, root.complaints());
    if (const auto value = labelled.text("value")) {
      values.push_back(*value);
    } else if (item.is_map() && !labelled.has("value")) {
      root.complaints().add(item.place, "no `value`", "{\"value\": …, \"label\": …}");
    }
    labelled.ignore({"label"});
    labelled.finish();
  }
  return values;
}

record::ForeignKey read_foreign_key(const Value& value, const record::TableSchema& schema,
                                    Complaints& complaints) {
  record::ForeignKey key;
  Section section(value, complaints);
  key.fields = section.texts("fields");
  check_names_exist(section, "fields", key.fields, schema);
  Section reference = section.required_section("reference");
  key.dataset = record::DatasetId(reference.text("resource").value_or(""));
  key.reference_fields = reference.texts("fields");
  reference.finish();
  section.finish();
  if (key.fields.empty() || key.fields.size() != key.reference_fields.size()) {
    complaints.add(
        value.place,
        fmt::format("{} fields that refer to {}", key.fields.size(), key.reference_fields.size()),
        "as many on both sides, at least one");
  }
  return key;
}

// What only the compiler of checkers knows: patterns, bounds, enumerations, JSON schemas.
void check_compiles(const Value& document, const record::TableSchema& schema,
                    Complaints& complaints) {
  const auto checker = record::RecordChecker::compile(schema);
  if (checker) return;
  for (const auto& failure : checker.error()) {
    const auto index = record::field_index(schema, failure.place);
    Place place = document.place;
    if (index) place = document.find("fields")->value.items[*index].place;
    complaints.add(place,
                   fmt::format("a field {} that can not be checked: {}", in_quotes(failure.place),
                               failure.sentence),
                   "constraints that fit the field");
  }
}

}  // namespace

record::Dataset read_schema(const Value& document, Complaints& complaints) {
  record::Dataset dataset;
  Section root(document, complaints);
  const std::string stem = complaints.file().stem().string();
  dataset.id = record::DatasetId(stem);
  if (!record::is_name(stem)) {
    complaints.add({}, in_quotes(stem) + " as the dataset's name",
                   "a file name of lower-case letters, digits and inner hyphens");
  }
  Section own = root.required_section("sluice:dataset");
  if (const auto id = own.text("id"); id && *id != stem) {
    own.complain("id", in_quotes(*id), fmt::format("the file's own name, {},", in_quotes(stem)));
  }
  dataset.owner = record::BureauId(own.required_name("owner"));
  dataset.title = own.text("title").value_or("");
  own.finish();
  root.ignore({"$schema", "name", "title", "description"});
  record::TableSchema& schema = dataset.schema;
  read_fields(root, schema);
  read_primary_key(root, schema);
  read_unique_keys(root, schema);
  for (const Value& item : root.list("foreignKeys")) {
    schema.foreign_keys.push_back(read_foreign_key(item, schema, complaints));
  }
  if (root.has("missingValues")) schema.missing_values = read_missing_values(root);
  if (const auto match = root.choice("fieldsMatch", match_names)) {
    schema.fields_match = matches[*match];
  }
  root.finish();
  if (complaints.empty()) check_compiles(document, schema, complaints);
  return dataset;
}

void check_references(const Value& document, const record::Dataset& dataset,
                      const Datasets& datasets, Complaints& complaints) {
  const std::vector<Value>& fields = document.find("fields")->value.items;
  for (std::size_t i = 0; i < fields.size(); ++i)
    check_prefill(fields[i], dataset.schema.fields[i], dataset, datasets, complaints);
  const std::vector<record::ForeignKey>& keys = dataset.schema.foreign_keys;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const Value& value = document.find("foreignKeys")->value.items[i];
    const std::string& name = keys[i].dataset.str();
    const auto other = datasets.find(name.empty() ? dataset.id : keys[i].dataset);
    if (other == datasets.end()) {
      std::vector<std::string> names;
      for (const auto& [id, known] : datasets)
        names.push_back(id.str());
      complaints.add(value.place, in_quotes(name) + " as a foreign key's `resource`",
                     "a dataset that has a schema", nearest(name, names));
      continue;
    }
    const record::TableSchema& referred = other->second.schema;
    for (std::size_t j = 0; j < keys[i].reference_fields.size() && j < keys[i].fields.size(); ++j) {
      const std::string& field = keys[i].reference_fields[j];
      const auto to = record::field_index(referred, field);
      const auto from = record::field_index(dataset.schema, keys[i].fields[j]);
      if (!to) {
        complaints.add(value.place, in_quotes(field),
                       fmt::format("a field of {}", in_quotes(other->first.str())),
                       nearest(field, names_of(referred)));
      } else if (from && referred.fields[*to].type != dataset.schema.fields[*from].type) {
        complaints.add(value.place,
                       fmt::format("{} of type {}", in_quotes(keys[i].fields[j]),
                                   record::to_string(dataset.schema.fields[*from].type)),
                       fmt::format("{}, the type of what it refers to",
                                   record::to_string(referred.fields[*to].type)));
      }
    }
  }
}

void check_owner(const Value& document, const record::Dataset& dataset, const Bureaus& bureaus,
                 Complaints& complaints) {
  if (dataset.owner.str().empty() || bureaus.contains(dataset.owner)) return;
  const Member* own = document.find("sluice:dataset");
  Section section(own->value, complaints);
  std::vector<std::string> names;
  for (const auto& [id, bureau] : bureaus)
    names.push_back(id.str());
  section.complain("owner", in_quotes(dataset.owner.str()), "a bureau that has a file",
                   nearest(dataset.owner.str(), names));
}

}  // namespace sluice::settings

#include "settings/keying_reader.h"

#include <algorithm>
#include <array>
#include <filesystem>

#include <fmt/format.h>

#include "record/record_checker.h"

namespace sluice::settings {
namespace {

using record::FieldType;

const std::array<std::string, 3> verify_names = {"none", "sight", "blind"};
constexpr std::array verifies = {record::Verify::none, record::Verify::sight,
                                 record::Verify::blind};

bool leaves_its_folder(const std::filesystem::path& path) {
  return path.is_absolute() || std::ranges::find(path, "..") != path.end();
}

std::string read_codes(Section& section, const record::Field& field) {
  const std::string key = "sluice:codes";
  const std::string file = section.text(key).value_or("");
  if (!section.has(key)) return file;
  if (file.empty() || leaves_its_folder(file)) {
    section.complain(key, in_quotes(file),
                     "a file beside the schema, such as codes/enterprise-type.csv,");
    return {};
  }
  if (field.type != FieldType::string && field.type != FieldType::integer) {
    section.complain(key, fmt::format("a field of type {}", record::to_string(field.type)),
                     "type string or integer");
    return {};
  }
  if (!field.constraints.enumeration.empty()) {
    section.complain(key, "both a code table and `enum`", "one of them");
  }
  return file;
}

std::optional<record::FieldReference> read_prefill(Section& section) {
  const std::string key = "sluice:prefill";
  const auto text = section.text(key);
  if (!text) return std::nullopt;
  const std::size_t point = text->find('.');
  if (point == 0 || point == std::string::npos || point + 1 == text->size()) {
    section.complain(key, in_quotes(*text), "DATASET.FIELD");
    return std::nullopt;
  }
  return record::FieldReference{record::DatasetId(text->substr(0, point)), text->substr(point + 1)};
}

bool are_the_same(std::vector<std::string> left, std::vector<std::string> right) {
  std::ranges::sort(left);
  std::ranges::sort(right);
  return left == right;
}

// By a foreign key to its primary key, or by fields that are named and typed as those of that key.
bool leads_to(const record::Dataset& dataset, const record::Dataset& other) {
  const auto refers = [&](const record::ForeignKey& key) {
    return key.dataset == other.id && are_the_same(key.reference_fields, other.schema.primary_key);
  };
  if (std::ranges::any_of(dataset.schema.foreign_keys, refers)) return true;
  return std::ranges::all_of(other.schema.primary_key, [&](const std::string& name) {
    const auto here = record::field_index(dataset.schema, name);
    const auto there = record::field_index(other.schema, name);
    return here && there && dataset.schema.fields[*here].type == other.schema.fields[*there].type;
  });
}

template <class Things, class NameOf>
std::vector<std::string> names_in(const Things& things, NameOf name_of) {
  std::vector<std::string> names;
  for (const auto& thing : things)
    names.push_back(name_of(thing));
  return names;
}

}  // namespace

record::Keying read_keying(Section& section, const record::Field& field) {
  constexpr std::uint64_t last_place = 1'000'000;
  record::Keying keying;
  keying.group = section.text("sluice:group").value_or("");
  keying.order = section.count("sluice:order", 0, last_place);
  if (const auto verify = section.choice("sluice:verify", verify_names)) {
    keying.verify = verifies[*verify];
  }
  keying.codes = read_codes(section, field);
  keying.prefill = read_prefill(section);
  return keying;
}

void check_codes(const Value& field_value, const record::Field& field,
                 const std::vector<entry::CodeEntry>& codes, Complaints& complaints) {
  Section section(field_value, complaints);
  if (codes.empty()) {
    section.complain("sluice:codes", "a code table without a code", "at least one");
    return;
  }
  const auto checker = record::RecordChecker::compile({.fields = {field}});
  if (!checker) return;  // complained of as a constraint that does not fit its field
  std::string buffer;
  for (const entry::CodeEntry& entry : codes) {
    if (checker->columns().front().check_canonical(entry.code, buffer) == entry.code) continue;
    section.complain("sluice:codes", fmt::format("a table with the code {}", in_quotes(entry.code)),
                     "codes that the field takes and keeps as they are");
    return;
  }
}

void check_prefill(const Value& field_value, const record::Field& field,
                   const record::Dataset& dataset, const Datasets& datasets,
                   Complaints& complaints) {
  if (!field.keying.prefill) return;
  const auto& [from, name] = *field.keying.prefill;
  Section section(field_value, complaints);
  const auto complain = [&](std::string found, std::string expected, std::string suggestion = {}) {
    section.complain("sluice:prefill", std::move(found), std::move(expected),
                     std::move(suggestion));
  };
  const auto other = datasets.find(from);
  if (other == datasets.end()) {
    complain(
        in_quotes(from.str()), "a dataset that has a schema",
        nearest(from.str(), names_in(datasets, [](const auto& one) { return one.first.str(); })));
    return;
  }
  if (from == dataset.id) {
    complain("a field of this dataset", "one of another");
    return;
  }
  const auto& fields = other->second.schema.fields;
  const auto index = record::field_index(other->second.schema, name);
  if (!index) {
    complain(in_quotes(name), fmt::format("a field of {}", in_quotes(from.str())),
             nearest(name, names_in(fields, [](const auto& one) { return one.name; })));
    return;
  }
  if (fields[*index].type != field.type) {
    complain(fmt::format("a field of type {}", record::to_string(fields[*index].type)),
             fmt::format("type {}, as this field has,", record::to_string(field.type)));
  }
  if (!leads_to(dataset, other->second)) {
    complain(fmt::format("{}, of which nothing here leads to a record", in_quotes(from.str())),
             "a foreign key to its primary key, or fields here with the names of that key,");
  }
}

}  // namespace sluice::settings

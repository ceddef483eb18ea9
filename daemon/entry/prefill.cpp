#include "entry/prefill.h"

#include <algorithm>

#include "entry/typed_text.h"

namespace sluice::entry {
namespace {

using record::Dataset;
using record::TableSchema;
using Values = std::vector<std::optional<std::string>>;

// The field here that has the value of a field of the other's key; nothing: there is none.
std::optional<std::size_t> here_by_foreign_key(const record::ForeignKey& key,
                                               const TableSchema& schema, const std::string& name) {
  const auto at = std::ranges::find(key.reference_fields, name) - key.reference_fields.begin();
  if (static_cast<std::size_t>(at) >= key.fields.size()) return std::nullopt;
  return record::field_index(schema, key.fields[static_cast<std::size_t>(at)]);
}

std::optional<std::size_t> here_by_name(const TableSchema& schema, const TableSchema& other,
                                        const std::string& name) {
  const auto here = record::field_index(schema, name);
  const auto there = record::field_index(other, name);
  if (!here || !there || schema.fields[*here].type != other.fields[*there].type) {
    return std::nullopt;
  }
  return here;
}

// The fields here whose values are the other's key, in its order; empty: nothing here leads there.
std::vector<std::size_t> way_to(const Dataset& here, const Dataset& other) {
  const std::vector<std::string>& wanted = other.schema.primary_key;
  const auto each_of_key = [&](auto find) {
    std::vector<std::size_t> way;
    for (const std::string& name : wanted) {
      if (const auto field = find(name)) way.push_back(*field);
    }
    if (way.size() != wanted.size()) way.clear();
    return way;
  };
  for (const record::ForeignKey& key : here.schema.foreign_keys) {
    if (key.dataset != other.id || key.reference_fields.size() != wanted.size()) continue;
    auto way = each_of_key(
        [&](const std::string& name) { return here_by_foreign_key(key, here.schema, name); });
    if (!way.empty()) return way;
  }
  return each_of_key(
      [&](const std::string& name) { return here_by_name(here.schema, other.schema, name); });
}

// Of which the mapping may take blanks away, as it would if somebody typed it.
bool is_plain_text(const FormField& field) {
  return (field.control == Control::text && field.date_format.empty()) ||
         field.control == Control::long_text;
}

}  // namespace

Prefill::Prefill(const FormChecker& checker, const FindDataset& find_dataset) : checker_(checker) {
  for (const FormGroup& group : checker.form().groups) {
    for (const FormField& field : group.fields) {
      if (!field.prefill) continue;
      auto source = std::ranges::find_if(
          sources_, [&](const Source& one) { return one.dataset->id == field.prefill->dataset; });
      if (source == sources_.end()) {
        const Dataset* const other = find_dataset(field.prefill->dataset);
        if (other == nullptr || sources_.size() == most_datasets) continue;
        auto way = way_to(checker.dataset(), *other);
        if (way.empty()) continue;
        source = sources_.insert(source, {other, std::move(way), {}});
      }
      if (auto one = filled(field, *source->dataset)) source->fields.push_back(std::move(*one));
    }
  }
}

// A sum without its currency would be said to be in another than it is: all that a column feeds
// must be known.
std::optional<Prefill::Filled> Prefill::filled(const FormField& field, const Dataset& from) const {
  Filled filled{&field, {}};
  for (const std::size_t fed : checker_.fields_of(field.column)) {
    const auto& prefill = checker_.dataset().schema.fields[fed].keying.prefill;
    if (!prefill || prefill->dataset != from.id) return std::nullopt;
    const auto there = record::field_index(from.schema, prefill->field);
    if (!there) return std::nullopt;
    filled.from.push_back(*there);
  }
  return filled;
}

bool Prefill::fills(std::string_view column) const {
  return std::ranges::any_of(sources_, [&](const Source& source) {
    return std::ranges::any_of(
        source.fields, [&](const Filled& filled) { return filled.field->column == column; });
  });
}

std::vector<std::string> Prefill::filled_from(const record::DatasetId& dataset) const {
  std::vector<std::string> columns;
  for (const Source& source : sources_) {
    if (source.dataset->id != dataset) continue;
    for (const Filled& filled : source.fields)
      columns.push_back(filled.field->column);
  }
  return columns;
}

bool Prefill::leads(std::string_view column) const {
  const std::vector<std::size_t>& fed = checker_.fields_of(column);
  return std::ranges::any_of(sources_, [&](const Source& source) {
    return !source.fields.empty() && std::ranges::any_of(source.key, [&](std::size_t field) {
      return std::ranges::find(fed, field) != fed.end();
    });
  });
}

std::vector<WantedRecord> Prefill::wanted(const adapters::manual_entry::KeyedForm& typed) const {
  std::vector<WantedRecord> wanted;
  for (const Source& source : sources_) {
    if (source.fields.empty()) continue;
    WantedRecord one{source.dataset->id, {}};
    for (const std::size_t field : source.key) {
      if (auto value = checker_.value_of(field, typed)) one.key.push_back(std::move(*value));
    }
    if (one.key.size() == source.key.size()) wanted.push_back(std::move(one));
  }
  return wanted;
}

std::vector<KnownText> Prefill::known(const record::DatasetId& dataset,
                                      const Values& values) const {
  std::vector<KnownText> known;
  for (const Source& source : sources_) {
    if (source.dataset->id != dataset) continue;
    for (const Filled& filled : source.fields) {
      if (auto typed = typed_for(filled, values)) {
        known.push_back({filled.field->column, std::move(*typed)});
      }
    }
  }
  return known;
}

std::optional<std::string> Prefill::typed_for(const Filled& filled, const Values& values) const {
  const std::vector<std::size_t>& fed = checker_.fields_of(filled.field->column);
  const auto& fields = checker_.dataset().schema.fields;
  Values expected;
  KeptValue kept{.codes = checker_.codes_of(filled.field->column)};
  for (std::size_t i = 0; i < fed.size(); ++i) {
    if (filled.from[i] >= values.size() || !values[filled.from[i]]) return std::nullopt;
    if (values[filled.from[i]]->size() > longest_value) return std::nullopt;
    expected.push_back(values[filled.from[i]]);
    const bool is_shown = fields[fed[i]].name == filled.field->field;
    (is_shown ? kept.canonical : kept.currency) = *values[filled.from[i]];
    if (is_shown) kept.decimal_char = fields[fed[i]].decimal_char;
  }
  for (std::string& way : ways_to_type(*filled.field, kept)) {
    const auto value = checker_.check_field(filled.field->column, way);
    if (!value || !value->understood) continue;
    if (is_plain_text(*filled.field)) return value->understood->canonical;
    // What the other has for a name is a code here.
    if (kept.codes != nullptr || value->normal == expected) return std::move(way);
  }
  return std::nullopt;
}

}  // namespace sluice::entry

#include "exchange/version_conversion.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace sluice::exchange {
namespace {

// The schema with which canonical text is read, whatever it says of how sources write their values.
// A field that is mapped to nothing is a mistake, one that is new and optional need not be mapped.
record::Dataset reading_canonical_text(record::Dataset dataset) {
  dataset.schema.fields_match = record::FieldsMatch::superset;
  for (record::Field& field : dataset.schema.fields) {
    field.decimal_char = '.';
    field.group_char.clear();
    field.true_values.emplace_back("t");
    field.false_values.emplace_back("f");
  }
  return dataset;
}

// What the mapping names, and the old version does not have.
std::optional<std::string> unknown_column(const record::TableSchema& old,
                                          const intake::Mapping& mapping) {
  for (const intake::FieldMapping& field : mapping.fields) {
    if (!field.from.empty() && !record::field_index(old, field.from)) {
      return fmt::format("`{}` comes `from: {}`, and the tables have no such field", field.field,
                         field.from);
    }
  }
  for (const std::string& ignored : mapping.ignore) {
    if (!record::field_index(old, ignored)) {
      return fmt::format("`ignore` names {}, and the tables have no such field", ignored);
    }
  }
  return std::nullopt;
}

// What would be lost without a word, or taken though it is said to be dropped.
std::optional<std::string> forgotten_field(const record::TableSchema& old,
                                           const record::TableSchema& schema,
                                           const intake::Mapping& mapping) {
  const auto taken = intake::wanted_columns(schema, mapping);
  for (const record::Field& field : old.fields) {
    const bool is_taken = std::ranges::find(taken, field.name) != taken.end();
    const bool is_ignored = std::ranges::find(mapping.ignore, field.name) != mapping.ignore.end();
    if (is_taken && is_ignored) {
      return fmt::format(
          "`ignore` names {}, which a field of the new schema takes; say for that one "
          "where its value comes from (`from`, `constant`), or take it out of `ignore`",
          field.name);
    }
    if (is_taken || is_ignored) continue;
    return fmt::format(
        "the tables' field {} is taken by no field of the new schema; where it has another name "
        "now, say `from: {}` for that one, and where it is to be dropped, list it under `ignore`",
        field.name, field.name);
  }
  return std::nullopt;
}

}  // namespace

std::expected<VersionConversion, record::Flaw> VersionConversion::bind(
    const record::TableSchema& old, const record::Dataset& dataset, intake::Mapping mapping) {
  if (auto unknown = unknown_column(old, mapping)) {
    return std::unexpected(record::Flaw{std::move(*unknown)});
  }
  if (auto forgotten = forgotten_field(old, dataset.schema, mapping)) {
    return std::unexpected(record::Flaw{std::move(*forgotten)});
  }
  record::Dataset reading = reading_canonical_text(dataset);
  auto checker = record::RecordChecker::compile(reading.schema);
  if (!checker) {
    return std::unexpected(record::Flaw{record::to_string(checker.error().front())});
  }
  auto bound =
      std::make_unique<Bound>(Bound{std::move(reading), std::move(mapping), std::move(*checker)});
  std::vector<std::string> columns;
  for (const record::Field& field : old.fields)
    columns.push_back(field.name);
  auto plan = intake::ConversionPlan::bind(bound->dataset, bound->checker, bound->mapping, columns);
  if (!plan) return std::unexpected(record::Flaw{std::move(plan.error().sentence)});
  return VersionConversion(std::move(bound), std::move(*plan));
}

std::expected<std::string_view, store::Unfit> VersionConversion::convert(
    std::span<const std::optional<std::string_view>> values) {
  intake::SourceRow row;
  row.values = values;
  const auto converted = plan_.convert(row, buffers_);
  if (!converted) {
    const intake::RowProblem& problem = converted.error();
    return std::unexpected(store::Unfit{problem.field, problem.rule.text(), problem.sentence});
  }
  // Behind the operation and the time at the source, which the store keeps.
  std::string_view columns = buffers_.line;
  for (std::size_t i = 0; i < record::leading_columns; ++i)
    columns.remove_prefix(columns.find('\t') + 1);
  columns.remove_suffix(1);
  return columns;
}

}  // namespace sluice::exchange

#include "exchange/version_conversion.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "settings/mapping_text.h"

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
  auto bound = std::make_unique<Bound>(
      Bound{std::move(reading), std::move(mapping), std::move(*checker), old});
  std::vector<std::string> columns;
  for (const record::Field& field : old.fields)
    columns.push_back(field.name);
  auto plan = intake::ConversionPlan::bind(bound->dataset, bound->checker, bound->mapping, columns);
  if (!plan) return std::unexpected(record::Flaw{std::move(plan.error().sentence)});
  return VersionConversion(std::move(bound), std::move(*plan));
}

std::expected<VersionConversion, record::Flaw> VersionConversion::read(
    const store::MigrationEntry& migration, const record::TableSchema& old,
    const record::TableSchema& begun) {
  auto mapping = settings::parse_mapping_text(migration.mapping);
  if (!mapping) return std::unexpected(record::Flaw{settings::to_string(mapping.error().front())});
  const record::Dataset dataset{.id = migration.dataset, .owner = {}, .title = {}, .schema = begun};
  return bind(old, dataset, std::move(*mapping));
}

VersionConversion::VersionConversion(std::unique_ptr<Bound> bound, intake::ConversionPlan plan)
    : bound_(std::move(bound)),
      plan_(std::move(plan)),
      columns_(record::leading_columns + bound_->old.fields.size()),
      texts_(bound_->old.fields.size()),
      values_(bound_->old.fields.size()) {}

std::expected<void, store::Unfit> VersionConversion::run(const intake::SourceRow& row) {
  const auto converted = plan_.convert(row, buffers_);
  if (converted) return {};
  const intake::RowProblem& problem = converted.error();
  return std::unexpected(store::Unfit{problem.field, problem.rule.text(), problem.sentence});
}

std::expected<std::string_view, store::Unfit> VersionConversion::convert(
    std::span<const std::optional<std::string_view>> values) {
  intake::SourceRow row;
  row.values = values;
  if (auto fits = run(row); !fits) return std::unexpected(std::move(fits.error()));
  // Behind the operation and the time at the source, which the store keeps.
  std::string_view columns = buffers_.line;
  for (std::size_t i = 0; i < record::leading_columns; ++i)
    columns.remove_prefix(columns.find('\t') + 1);
  columns.remove_suffix(1);
  return columns;
}

bool VersionConversion::split(std::string_view line) {
  if (!record::is_valid_utf8(line) || line.find('\0') != std::string_view::npos) return false;
  if (!record::split_line(line, columns_)) return false;
  if (columns_[0] != "U" && columns_[0] != "D") return false;
  for (std::size_t i = 0; i < values_.size(); ++i) {
    const std::string_view escaped = columns_[record::leading_columns + i];
    values_[i].reset();
    if (record::is_null(escaped)) continue;
    values_[i] = record::unescape(escaped, texts_[i]);
    if (!values_[i]) return false;
  }
  return true;
}

std::expected<std::string_view, store::Unfit> VersionConversion::turn(std::string_view line) {
  if (!split(line)) return std::string_view();
  intake::SourceRow row;
  row.values = values_;
  if (columns_[0] == "D") row.operation = record::Operation::remove;
  if (!record::is_null(columns_[1])) row.source_time = columns_[1];
  if (auto fits = run(row); !fits) return std::unexpected(std::move(fits.error()));
  std::string_view turned = buffers_.line;
  turned.remove_suffix(1);
  return turned;
}

std::optional<std::string> VersionConversion::why_no_deletes() const {
  const record::TableSchema& schema = bound_->dataset.schema;
  for (const std::size_t field : bound_->checker.key()) {
    const auto source = plan_.source_of(field);
    if (!source) continue;  // a constant
    const std::string& from = bound_->old.fields[*source].name;
    if (std::ranges::find(bound_->old.primary_key, from) != bound_->old.primary_key.end()) continue;
    return fmt::format("{} of the key is made of {}, which a delete does not tell",
                       schema.fields[field].name, from);
  }
  return std::nullopt;
}

}  // namespace sluice::exchange

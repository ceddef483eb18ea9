#include "intake/conversion_plan.h"

#include <algorithm>
#include <functional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "intake/conversion.h"
#include "record/copy_text.h"
#include "record/try.h"
#include "record/value_syntax.h"

namespace sluice::intake {
namespace {

const FieldMapping* mapping_of(const Mapping& mapping, std::string_view field) {
  const auto found = std::ranges::find(mapping.fields, field, &FieldMapping::field);
  return found == mapping.fields.end() ? nullptr : &*found;
}

bool contains(std::span<const std::string> names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

std::string quoted(const std::vector<std::string>& names) {
  return fmt::format("`{}`", fmt::join(names, "`, `"));
}

bool lies_in(std::string_view view, const std::string& buffer) {
  const std::less_equal<> not_after;
  return not_after(buffer.data(), view.data()) &&
         not_after(view.data(), buffer.data() + buffer.size());
}

// What is wrong with a source's columns, as far as fieldsMatch cares; empty: nothing.
std::string mismatch(record::FieldsMatch match, const std::vector<std::string>& wanted,
                     const std::vector<std::string>& found) {
  std::vector<std::string> absent;
  std::vector<std::string> extra;
  std::ranges::copy_if(wanted, std::back_inserter(absent),
                       [&](const auto& name) { return !contains(found, name); });
  std::ranges::copy_if(found, std::back_inserter(extra),
                       [&](const auto& name) { return !contains(wanted, name); });
  using enum record::FieldsMatch;
  const bool needs_all = match == exact || match == equal || match == subset;
  const bool needs_only = match == exact || match == equal || match == superset;
  std::vector<std::string> sentences;
  if (needs_all && !absent.empty()) {
    sentences.push_back(fmt::format("{} not found", quoted(absent)));
  }
  if (needs_only && !extra.empty()) {
    sentences.push_back(fmt::format(
        "{} found, which no field takes (list it under `ignore` to drop it)", quoted(extra)));
  }
  if (needs_all && absent.size() == 1 && extra.size() == 1) {
    sentences.push_back(fmt::format("where {} was only renamed, name it in the mapping: `from: {}`",
                                    quoted(absent), extra.front()));
  }
  if (match == partial && absent.size() == wanted.size()) {
    sentences.push_back("none of the columns is known");
  }
  if (sentences.empty() && match == exact && found != wanted) {
    sentences.push_back(fmt::format("the order is {}, expected {}", quoted(found), quoted(wanted)));
  }
  return fmt::format("{}", fmt::join(sentences, "; "));
}

}  // namespace

std::vector<std::string> wanted_columns(const record::TableSchema& schema, const Mapping& mapping) {
  std::vector<std::string> columns;
  for (const record::Field& field : schema.fields) {
    const FieldMapping* mapped = mapping_of(mapping, field.name);
    if (mapped != nullptr && mapped->constant) continue;
    const std::string& name =
        mapped != nullptr && !mapped->from.empty() ? mapped->from : field.name;
    if (!contains(columns, name)) columns.push_back(name);
  }
  return columns;
}

Result<ConversionPlan> ConversionPlan::bind(const record::Dataset& dataset,
                                            const record::RecordChecker& checker,
                                            const Mapping& mapping,
                                            std::span<const std::string> columns) {
  const std::vector<std::string> wanted = wanted_columns(dataset.schema, mapping);
  std::vector<std::string> found;
  std::ranges::copy_if(columns, std::back_inserter(found), [&](const std::string& name) {
    return !contains(mapping.ignore, name) || contains(wanted, name);
  });
  const std::string wrong = mismatch(dataset.schema.fields_match, wanted, found);
  if (!wrong.empty()) {
    return std::unexpected(
        IntakeFailure{IntakeProblem::columns_mismatch, dataset.id.str(),
                      fmt::format("the source's columns do not match (fieldsMatch: {}): {}",
                                  record::to_string(dataset.schema.fields_match), wrong)});
  }
  ConversionPlan plan;
  plan.checker_ = &checker;
  plan.source_columns_ = columns.size();
  for (std::size_t i = 0; i < dataset.schema.fields.size(); ++i) {
    const std::string& field = dataset.schema.fields[i].name;
    Column column;
    column.checker = &checker.columns()[i];
    column.mapping = mapping_of(mapping, field);
    column.salt = record::column_salt(field);
    column.in_key = std::ranges::find(checker.key(), i) != checker.key().end();
    if (column.mapping == nullptr || !column.mapping->constant) {
      const std::string& name =
          column.mapping != nullptr && !column.mapping->from.empty() ? column.mapping->from : field;
      const auto at = std::ranges::find(columns, name);
      if (at != columns.end()) column.source = static_cast<std::size_t>(at - columns.begin());
    }
    plan.columns_.push_back(column);
  }
  return plan;
}

bool ConversionPlan::is_missing(const Column& column, std::string_view text) const {
  return checker_->is_missing(text) ||
         (column.mapping != nullptr && contains(column.mapping->missing, text));
}

std::expected<SourceValue, RowProblem> ConversionPlan::convert_value(const Column& column,
                                                                     SourceValue value,
                                                                     Buffers& buffers) const {
  const auto refused = [&](record::Violation violation) {
    return std::unexpected(RowProblem{column.checker->field().name, violation.rule,
                                      std::move(violation.sentence), violation.fault});
  };
  if (value && is_missing(column, *value)) value.reset();
  if (value && column.mapping != nullptr && !column.mapping->steps.empty()) {
    for (const Step& step : column.mapping->steps) {
      // A step may not read the buffer that it writes, and may return a view of what it read.
      std::string& free_buffer = buffers.steps[lies_in(*value, buffers.steps[0]) ? 1 : 0];
      auto converted = intake::convert(step, *value, free_buffer);
      if (!converted) return refused(std::move(converted.error()));
      value = *converted;
      if (is_missing(column, *value)) {
        value.reset();
        break;
      }
    }
  }
  if (!value) {
    if (column.in_key || column.checker->required()) {
      return refused({"required", "expected a value, found none"});
    }
    return std::nullopt;
  }
  auto checked = column.checker->check(*value, buffers.canonical);
  if (!checked) return refused(std::move(checked.error()));
  return *checked;
}

std::expected<SourceValue, RowProblem> ConversionPlan::convert_field(std::size_t field,
                                                                     SourceValue value,
                                                                     Buffers& buffers) const {
  const Column& column = columns_[field];
  if (column.mapping != nullptr && column.mapping->constant) value = *column.mapping->constant;
  return convert_value(column, value, buffers);
}

std::expected<void, RowProblem> ConversionPlan::convert(const SourceRow& row,
                                                        Buffers& buffers) const {
  buffers.line.clear();
  buffers.key = {};
  // The center would reject the row, long after its bureau was told that it is taken.
  if (row.source_time &&
      record::syntax::datetime(*row.source_time, buffers.canonical) != *row.source_time) {
    return std::unexpected(
        RowProblem{"", "source-time", "the time at the source is not in the form of a batch"});
  }
  record::begin_line(buffers.line, row.operation, row.source_time);
  const bool removes = row.operation == record::Operation::remove;
  for (const Column& column : columns_) {
    buffers.line += '\t';
    if (removes && !column.in_key) {
      record::append_null(buffers.line);
      continue;
    }
    SourceValue value;
    if (column.source && *column.source < row.values.size()) {
      value = row.values[*column.source];
    } else if (column.mapping != nullptr && column.mapping->constant) {
      value = *column.mapping->constant;
    }
    const SourceValue canonical = SLUICE_TRY(convert_value(column, value, buffers));
    if (!canonical) {
      record::append_null(buffers.line);
      continue;
    }
    if (column.in_key) buffers.key.add(column.salt, *canonical);
    record::append_escaped(buffers.line, *canonical);
  }
  buffers.line += '\n';
  return {};
}

}  // namespace sluice::intake

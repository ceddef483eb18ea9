#include "entry/form_checker.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "adapters/manual_entry/form_collector.h"
#include "entry/shown_number.h"
#include "intake/call_intake.h"
#include "intake/conversion.h"
#include "record/try.h"

namespace sluice::entry {
namespace {

using adapters::manual_entry::FormCollector;
using adapters::manual_entry::KeyedField;
using adapters::manual_entry::KeyedForm;

class UnwatchedProgress final : public adapters::Progress {
 public:
  void advanced(std::uint64_t, std::uint64_t, std::uint64_t) override {}
};

KeyingError error_of(std::string_view column, intake::RowProblem problem) {
  return {std::string(column), std::move(problem.field), problem.rule, std::move(problem.sentence),
          problem.fault};
}

// What of a sum is only in its text, where no field of the dataset keeps the currency.
std::string currency_of(std::string_view typed) {
  std::string buffer;
  const auto money =
      intake::read_money(intake::convert(intake::step::HalfWidth{}, typed, buffer).value());
  return money ? std::string(money->currency) : "";
}

std::string_view text_of(const KeyedForm& form, std::string_view column) {
  const auto found = std::ranges::find(form.fields, column, &KeyedField::column);
  return found == form.fields.end() ? std::string_view() : found->text;
}

}  // namespace

record::Digest CheckedRecord::fingerprint() const {
  return record::sha256(submission_.origin.dataset.str() + "\n" + submission_.lines);
}

std::expected<FormChecker, record::Flaw> FormChecker::make(const KeyedDataset& keyed) {
  FormChecker checker(keyed);
  SLUICE_TRY(checker.bind());
  return checker;
}

std::expected<void, record::Flaw> FormChecker::bind() {
  form_ = form_of(keyed_.dataset, keyed_.mapping);
  names_ = intake::wanted_columns(keyed_.dataset.schema, keyed_.mapping);
  auto plan = intake::ConversionPlan::bind(keyed_.dataset, keyed_.checker, keyed_.mapping, names_);
  if (!plan) return std::unexpected(record::Flaw{record::to_string(plan.error())});
  plan_ = std::move(*plan);
  for (const FormGroup& group : form_.groups) {
    for (const FormField& field : group.fields) {
      const auto at = std::ranges::find(names_, field.column) - names_.begin();
      columns_.push_back(column_of(field, static_cast<std::size_t>(at)));
      if (field.codes.empty()) continue;
      const auto table = keyed_.tables.find(field.codes);
      if (table == keyed_.tables.end()) {
        return std::unexpected(record::Flaw{
            fmt::format("the code table {} of {} is not there", field.codes, field.field)});
      }
      columns_.back().table = &table->second;
    }
  }
  return {};
}

FormChecker::Column FormChecker::column_of(const FormField& field, std::size_t position) const {
  Column column{.name = field.column};
  const auto& fields = keyed_.dataset.schema.fields;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (plan_->source_of(i) != position) continue;
    if (fields[i].name == field.field) column.shown = column.fields.size();
    column.fields.push_back(i);
  }
  const record::FieldType type = fields[column.fields[column.shown]].type;
  column.is_sum = field.control == Control::amount;
  column.is_number = type == record::FieldType::number || type == record::FieldType::integer;
  return column;
}

const FormChecker::Column* FormChecker::find(std::string_view name) const {
  const auto found = std::ranges::find(columns_, name, &Column::name);
  return found == columns_.end() ? nullptr : &*found;
}

const std::vector<std::size_t>& FormChecker::fields_of(std::string_view column) const {
  static const std::vector<std::size_t> none;
  const Column* const found = find(column);
  return found == nullptr ? none : found->fields;
}

const CodeTable* FormChecker::codes_of(std::string_view column) const {
  const Column* const found = find(column);
  return found == nullptr ? nullptr : found->table;
}

std::optional<std::string> FormChecker::value_of(std::size_t field, const KeyedForm& form) const {
  const auto column = std::ranges::find_if(columns_, [&](const Column& one) {
    return std::ranges::find(one.fields, field) != one.fields.end();
  });
  if (column == columns_.end()) {  // a constant
    intake::ConversionPlan::Buffers buffers;
    const auto constant = plan_->convert_field(field, std::nullopt, buffers);
    if (!constant || !*constant) return std::nullopt;
    return std::string(**constant);
  }
  auto value = check_column(*column, text_of(form, column->name));
  if (!value || !value->understood) return std::nullopt;
  const auto at = std::ranges::find(column->fields, field) - column->fields.begin();
  return std::move(value->normal[static_cast<std::size_t>(at)]);
}

std::expected<KeyedValue, KeyingError> FormChecker::check_field(std::string_view column,
                                                                std::string_view typed) const {
  if (const Column* found = find(column)) return check_column(*found, typed);
  return std::unexpected(
      error_of("", {std::string(column), "unknown-field", "the form has no such field"}));
}

std::expected<KeyedValue, KeyingError> FormChecker::check_column(const Column& column,
                                                                 std::string_view typed) const {
  const std::string& shown = keyed_.dataset.schema.fields[column.fields[column.shown]].name;
  if (auto problem = adapters::manual_entry::problem_of_text(shown, typed)) {
    return std::unexpected(error_of(column.name, std::move(*problem)));
  }
  KeyedValue value{.column = column.name, .typed = std::string(typed)};
  intake::SourceValue source;
  if (!typed.empty()) source = typed;
  const CodeEntry* meant =
      column.table != nullptr && source ? column.table->meant_by(typed) : nullptr;
  if (meant != nullptr) source = meant->code;
  intake::ConversionPlan::Buffers buffers;
  for (const std::size_t field : column.fields) {
    const auto canonical = plan_->convert_field(field, source, buffers);
    if (!canonical) return std::unexpected(error_of(column.name, canonical.error()));
    value.normal.emplace_back(*canonical);
  }
  const auto& kept = value.normal[column.shown];
  if (!kept) return value;
  if (column.table != nullptr && column.table->find(*kept) == nullptr) {
    return std::unexpected(error_of(
        column.name, {shown, "codes", "it is not in the field's code table; choose one of these"}));
  }
  value.understood = understood(column, value);
  return value;
}

Understood FormChecker::understood(const Column& column, const KeyedValue& value) const {
  Understood understood{.canonical = *value.normal[column.shown]};
  if (column.table != nullptr) understood.shown = column.table->find(understood.canonical)->name;
  if (column.is_sum) {
    understood.shown = shown_sum(understood.canonical);
    understood.currency = currency_of(value.typed);
  } else if (column.is_number && column.table == nullptr) {
    understood.shown = shown_number(understood.canonical);
  }
  if (understood.shown == understood.canonical) understood.shown.clear();
  return understood;
}

std::expected<CheckedRecord, std::vector<KeyingError>> FormChecker::check(
    const KeyedForm& form) const {
  CheckedRecord record;
  std::vector<KeyingError> errors;
  KeyedForm meant = form;
  for (const Column& column : columns_) {
    auto value = check_column(column, text_of(form, column.name));
    if (!value) {
      errors.push_back(std::move(value.error()));
      continue;
    }
    // A code's name was typed: its code is what is kept.
    const auto at = std::ranges::find(meant.fields, column.name, &KeyedField::column);
    if (column.table != nullptr && value->understood && at != meant.fields.end()) {
      at->text = value->understood->canonical;
    }
    record.values_.push_back(std::move(*value));
  }
  if (!errors.empty()) return std::unexpected(std::move(errors));
  auto submission = submission_of(meant);
  if (!submission) return std::unexpected(std::vector{std::move(submission.error())});
  record.submission_ = std::move(*submission);
  return record;
}

std::optional<record::Key> FormChecker::key_of(std::span<const KeyedValue> values) const {
  const record::TableSchema& schema = keyed_.dataset.schema;
  std::map<std::string_view, std::string_view> canonical;  // by the schema's field
  for (const KeyedValue& value : values) {
    const Column* const column = find(value.column);
    if (column == nullptr) continue;
    for (std::size_t i = 0; i < value.normal.size(); ++i)
      if (value.normal[i]) canonical[schema.fields[column->fields[i]].name] = *value.normal[i];
  }
  record::Key key;
  for (const std::string& field : schema.primary_key) {
    const auto found = canonical.find(field);
    if (found == canonical.end()) return std::nullopt;
    key.emplace_back(found->second);
  }
  return key;
}

std::expected<journal::Submission, KeyingError> FormChecker::submission_of(
    const KeyedForm& form) const {
  // A field that was left empty is no value, whoever made the form.
  const std::vector<KeyedForm> forms = {adapters::manual_entry::keyed_form(form.fields)};
  intake::CallIntake intake(*plan_, keyed_.origin, "form", "");
  UnwatchedProgress progress;
  const auto collected =
      FormCollector(forms, names_, keyed_.max_row_bytes).collect(intake, progress);
  // The plan is bound to these columns, and this door refuses nothing else.
  if (!collected) {
    return std::unexpected(KeyingError{"", "", "unknown-field", collected.error().sentence});
  }
  if (!intake.refused().empty()) {
    intake::RowProblem problem = intake.refused().front().problem;
    const Column* column = find(problem.field);
    return std::unexpected(error_of(column == nullptr ? "" : column->name, std::move(problem)));
  }
  return intake.take();
}

}  // namespace sluice::entry

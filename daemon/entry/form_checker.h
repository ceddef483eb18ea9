// Checks what is typed into a dataset's form by the mapping and the checkers that the intake runs,
// one field as a person leaves it, or the whole form as it is handed in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/manual_entry/keyed_form.h"
#include "entry/code_table.h"
#include "entry/form.h"
#include "entry/keyed_value.h"
#include "intake/conversion_plan.h"
#include "journal/journal.h"
#include "record/digest.h"
#include "record/failure.h"
#include "record/key_digest.h"

namespace sluice::entry {

// A form that passed every check. Only a FormChecker makes one.
class CheckedRecord {
 public:
  // One a field of the form.
  [[nodiscard]] const std::vector<KeyedValue>& values() const { return values_; }
  [[nodiscard]] const journal::Submission& submission() const { return submission_; }
  // Names where it is from, should the center refuse it: the task that it was keyed for.
  void came_from(std::string source) { submission_.places.source = std::move(source); }
  // The same for two forms of one dataset that say the same, however they were typed.
  [[nodiscard]] record::Digest fingerprint() const;

 private:
  friend class FormChecker;
  CheckedRecord() = default;
  std::vector<KeyedValue> values_;
  journal::Submission submission_;
};

// What a dataset is keyed by. Everything named here must outlive the checker.
struct KeyedDataset {
  const record::Dataset& dataset;
  const record::RecordChecker& checker;
  const intake::Mapping& mapping;
  const CodeTables& tables;
  journal::DatasetOrigin origin;  // of the mode manual entry
  std::uint64_t max_row_bytes = std::uint64_t{1} << 20;
};

// Thread-safe once made.
class FormChecker {
 public:
  // Fails where a field's code table is not among the tables.
  [[nodiscard]] static std::expected<FormChecker, record::Flaw> make(const KeyedDataset& keyed);

  [[nodiscard]] const Form& form() const { return form_; }
  [[nodiscard]] const record::Dataset& dataset() const { return keyed_.dataset; }
  // Which fields of the schema a column feeds, by position, in the order of KeyedValue::normal.
  // None where the form has no such column.
  [[nodiscard]] const std::vector<std::size_t>& fields_of(std::string_view column) const;
  // Null: it has no code table.
  [[nodiscard]] const CodeTable* codes_of(std::string_view column) const;

  // What was typed into one field. An empty text is no value.
  [[nodiscard]] std::expected<KeyedValue, KeyingError> check_field(std::string_view column,
                                                                   std::string_view typed) const;
  // What a field of the schema, by position, would be of what is typed. Nothing where that is no
  // value, or is not taken.
  [[nodiscard]] std::optional<std::string> value_of(
      std::size_t field, const adapters::manual_entry::KeyedForm& form) const;
  // The whole form: all errors, in the form's order. A field that the form leaves out has no value.
  [[nodiscard]] std::expected<CheckedRecord, std::vector<KeyingError>> check(
      const adapters::manual_entry::KeyedForm& form) const;

  // The canonical text of the primary key's fields, in the key's order. Nothing where the values,
  // which are of this form, do not have all of them.
  [[nodiscard]] std::optional<record::Key> key_of(std::span<const KeyedValue> values) const;

 private:
  struct Column {
    std::string name;
    std::vector<std::size_t> fields;   // of the schema, that it feeds
    std::size_t shown = 0;             // among these: what the form shows of them
    const CodeTable* table = nullptr;  // nothing: its codes are not checked
    bool is_sum = false;
    bool is_number = false;
  };
  explicit FormChecker(const KeyedDataset& keyed) : keyed_(keyed) {}
  [[nodiscard]] std::expected<void, record::Flaw> bind();
  [[nodiscard]] Column column_of(const FormField& field, std::size_t position) const;
  [[nodiscard]] const Column* find(std::string_view name) const;
  [[nodiscard]] std::expected<KeyedValue, KeyingError> check_column(const Column& column,
                                                                    std::string_view typed) const;
  [[nodiscard]] Understood understood(const Column& column, const KeyedValue& value) const;
  [[nodiscard]] std::expected<journal::Submission, KeyingError> submission_of(
      const adapters::manual_entry::KeyedForm& form) const;

  KeyedDataset keyed_;
  Form form_;
  std::vector<std::string> names_;  // the columns' names, as the plan is bound to them
  std::vector<Column> columns_;     // in the form's order
  std::optional<intake::ConversionPlan> plan_;
};

}  // namespace sluice::entry

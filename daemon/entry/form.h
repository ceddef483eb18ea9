// The form of a dataset, made of its Table Schema and of the mapping that what is typed goes
// through. A value: whoever draws it adds nothing to it but the looks.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "intake/mapping.h"
#include "record/table_schema.h"

namespace sluice::entry {

enum class Control {
  text,
  long_text,  // several lines
  number,
  amount,    // text in which a sum of money is written: 1,000 万元
  date,      // 2026-11-23
  datetime,  // 2026-11-23T09:30, as a browser gives it
  yes_no,    // a choice of two
  choice,
  code_table,  // with a search by code, name or reading
};

struct Choice {
  std::string value;  // what is sent
  std::string label;
  friend bool operator==(const Choice&, const Choice&) = default;
};

// What is typed feeds one field of the dataset or several (a sum and its currency): the form has a
// field for each source column of the mapping, and shows what the schema says of the first of those
// that it feeds, or of that with its own name.
struct FormField {
  std::string column;  // under which the value is sent
  std::string field;   // the schema's
  std::string label;
  std::string help;
  Control control = Control::text;
  bool required = false;
  std::optional<std::size_t> max_length;  // in characters, where what is typed is what is kept
  record::Verify verify = record::Verify::none;  // the strictest of those that it feeds
  record::Check check = record::Check::none;
  record::Sensitivity sensitivity = record::Sensitivity::internal;  // likewise
  std::vector<Choice> choices;                                      // of yes_no and choice
  std::string codes;        // of code_table: the table's name
  std::string date_format;  // strptime's, where a date is typed as text
  std::optional<record::FieldReference> prefill;
  friend bool operator==(const FormField&, const FormField&) = default;
};

// Fields under one heading.
struct FormGroup {
  std::string title;  // empty: fields without one
  std::vector<FormField> fields;
  friend bool operator==(const FormGroup&, const FormGroup&) = default;
};

struct Form {
  record::DatasetId dataset;
  std::string title;
  std::vector<FormGroup> groups;  // in the order in which their first fields come

  [[nodiscard]] const FormField* find(std::string_view column) const;
  friend bool operator==(const Form&, const Form&) = default;
};

[[nodiscard]] Form form_of(const record::Dataset& dataset, const intake::Mapping& mapping);

}  // namespace sluice::entry

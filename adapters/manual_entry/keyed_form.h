// What a person typed into a form, field by field, before anything of ours has looked at it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "intake/row.h"

namespace sluice::adapters::manual_entry {

struct KeyedField {
  std::string column;
  std::string text;  // any bytes
};

struct KeyedForm {
  std::vector<KeyedField> fields;  // in the order in which they came

  [[nodiscard]] std::uint64_t bytes() const;
};

// As a browser sends it: a field that was left empty has no value, and is left out.
[[nodiscard]] KeyedForm keyed_form(std::vector<KeyedField> sent);

// A JSON object of what was typed.
[[nodiscard]] std::string original_of(const KeyedForm& form);

// What no text of a form may be, whatever the field: `encoding` or `nul`.
[[nodiscard]] std::optional<intake::RowProblem> problem_of_text(std::string_view column,
                                                                std::string_view text);

}  // namespace sluice::adapters::manual_entry

// How a value that is kept already would be typed into a field of a form.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "entry/code_table.h"
#include "entry/form.h"

namespace sluice::entry {

// A value of the field, in its canonical text.
struct KeptValue {
  std::string_view canonical;
  std::string_view currency;         // of a sum of money, ISO 4217; empty: not known
  const CodeTable* codes = nullptr;  // of the field, if it has a code table
  char decimal_char = '.';           // as numbers are typed
};

// The ways to try, the best first: which of them the form understands in the same way, its checker
// must say, since a mapping may read a text in any way.
[[nodiscard]] std::vector<std::string> ways_to_type(const FormField& field, const KeptValue& value);

}  // namespace sluice::entry

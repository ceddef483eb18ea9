// Two keyings of one record, field by field: what they say is compared, not how it was typed.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "entry/form.h"
#include "entry/keyed_value.h"

namespace sluice::entry {

// Characters (code points) [begin, end) of a text, from 0.
struct Stretch {
  std::size_t begin = 0;
  std::size_t end = 0;
  friend bool operator==(const Stretch&, const Stretch&) = default;
};

// What two texts have between their common beginning and their common end. Both are empty where the
// texts are equal.
struct Difference {
  Stretch first;
  Stretch second;
  friend bool operator==(const Difference&, const Difference&) = default;
};
[[nodiscard]] Difference difference(std::string_view first, std::string_view second);

enum class Agreement {
  equal,
  different,
  to_confirm,  // by sight: the second person is shown the first keying, and has typed nothing
};

struct ComparedField {
  std::string column;
  record::Verify verify = record::Verify::none;
  Agreement agreement = Agreement::equal;
  Difference typed;  // where the typed texts differ; only with `different`
  friend bool operator==(const ComparedField&, const ComparedField&) = default;
};

// The fields of the form with `verify`, in its order. A field that a keying leaves out has no value
// there.
[[nodiscard]] std::vector<ComparedField> compare(const Form& form,
                                                 const std::vector<KeyedValue>& first,
                                                 const std::vector<KeyedValue>& second);

}  // namespace sluice::entry

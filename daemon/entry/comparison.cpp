#include "entry/comparison.h"

#include <algorithm>

#include "entry/characters.h"

namespace sluice::entry {
namespace {

const KeyedValue* value_of(const std::vector<KeyedValue>& values, std::string_view column) {
  const auto found = std::ranges::find(values, column, &KeyedValue::column);
  return found == values.end() ? nullptr : &*found;
}

bool has_value(const KeyedValue* value) {
  return value != nullptr && value->understood;
}

ComparedField compare_field(const FormField& field, const KeyedValue* first,
                            const KeyedValue* second) {
  ComparedField compared{.column = field.column, .verify = field.verify};
  if (field.verify == record::Verify::sight && second == nullptr) {
    compared.agreement = Agreement::to_confirm;
    return compared;
  }
  const bool agrees = has_value(first) && has_value(second) ? first->normal == second->normal
                                                            : has_value(first) == has_value(second);
  if (agrees) return compared;
  compared.agreement = Agreement::different;
  compared.typed = difference(first == nullptr ? std::string_view() : first->typed,
                              second == nullptr ? std::string_view() : second->typed);
  return compared;
}

}  // namespace

Difference difference(std::string_view first, std::string_view second) {
  const auto left = characters_of(first);
  const auto right = characters_of(second);
  const std::size_t shorter = std::min(left.size(), right.size());
  std::size_t same_begin = 0;
  while (same_begin < shorter && left[same_begin] == right[same_begin])
    ++same_begin;
  std::size_t same_end = 0;
  while (same_end < shorter - same_begin &&
         left[left.size() - 1 - same_end] == right[right.size() - 1 - same_end]) {
    ++same_end;
  }
  if (same_begin == left.size() && same_begin == right.size()) return {};
  return {{same_begin, left.size() - same_end}, {same_begin, right.size() - same_end}};
}

std::vector<ComparedField> compare(const Form& form, const std::vector<KeyedValue>& first,
                                   const std::vector<KeyedValue>& second) {
  std::vector<ComparedField> compared;
  for (const FormGroup& group : form.groups) {
    for (const FormField& field : group.fields) {
      if (field.verify == record::Verify::none) continue;
      compared.push_back(
          compare_field(field, value_of(first, field.column), value_of(second, field.column)));
    }
  }
  return compared;
}

}  // namespace sluice::entry

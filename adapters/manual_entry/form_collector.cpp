#include "adapters/manual_entry/form_collector.h"

#include <algorithm>

#include <fmt/format.h>

namespace sluice::adapters::manual_entry {

Result<void> FormCollector::collect(intake::Door& door, Progress& progress) {
  if (const auto begun = door.begin(columns_); !begun) {
    return std::unexpected(collection_failure(begun.error()));
  }
  std::uint64_t bytes = 0;
  for (std::uint64_t place = 1; const KeyedForm& form : forms_) {
    if (const auto taken = hand_over(form, place, door); !taken) {
      return std::unexpected(collection_failure(taken.error()));
    }
    bytes += form.bytes();
    ++place;
  }
  progress.advanced(bytes, bytes, forms_.size());
  return {};
}

intake::Result<void> FormCollector::hand_over(const KeyedForm& form, std::uint64_t place,
                                              intake::Door& door) {
  const std::string original = original_of(form);
  if (const auto problem = read(form)) return door.reject(place, original, *problem);
  return door.accept({.values = values_, .original = original, .place = place});
}

// Leaves the values in the order of the columns.
std::optional<intake::RowProblem> FormCollector::read(const KeyedForm& form) {
  if (const std::uint64_t bytes = form.bytes(); bytes > max_row_bytes_) {
    return intake::RowProblem{
        "", "too-large",
        fmt::format("the form has {} bytes; expected at most {}", bytes, max_row_bytes_)};
  }
  values_.assign(columns_.size(), std::nullopt);
  for (const KeyedField& field : form.fields) {
    // What is no text can not name a field in a sentence either.
    if (auto problem = problem_of_text({}, field.column)) return problem;
    const auto at = std::ranges::find(columns_, field.column);
    if (at == columns_.end()) {
      return intake::RowProblem{field.column, "unknown-field", "the form has no such field"};
    }
    intake::SourceValue& value = values_[static_cast<std::size_t>(at - columns_.begin())];
    if (value) return intake::RowProblem{field.column, "duplicate-field", "expected it once"};
    if (auto problem = problem_of_text(field.column, field.text)) return problem;
    value = field.text;
  }
  return std::nullopt;
}

}  // namespace sluice::adapters::manual_entry

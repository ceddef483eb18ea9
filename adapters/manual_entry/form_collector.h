// Manual entry (人工录入): forms that were keyed for one dataset, each a row for the intake's door.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "adapters/adapter.h"
#include "adapters/manual_entry/keyed_form.h"

namespace sluice::adapters::manual_entry {

// A stack of forms, most often of one. A form's place is its number in the stack, from 1; its
// original is a JSON object of what was typed. A form with a field that is none of the columns, or
// with one twice, is rejected, as is one whose text is no text or that is longer than
// `max_row_bytes`.
class FormCollector final : public Collector {
 public:
  // What it views must outlive it: forms, and the columns that a form of the dataset has.
  FormCollector(std::span<const KeyedForm> forms, std::span<const std::string> columns,
                std::uint64_t max_row_bytes)
      : forms_(forms), columns_(columns), max_row_bytes_(max_row_bytes) {}

  [[nodiscard]] Result<void> collect(intake::Door& door, Progress& progress) override;

 private:
  [[nodiscard]] std::optional<intake::RowProblem> read(const KeyedForm& form);
  [[nodiscard]] intake::Result<void> hand_over(const KeyedForm& form, std::uint64_t place,
                                               intake::Door& door);

  std::span<const KeyedForm> forms_;
  std::span<const std::string> columns_;
  std::uint64_t max_row_bytes_;
  std::vector<intake::SourceValue> values_;  // of the form that was read last
};

}  // namespace sluice::adapters::manual_entry

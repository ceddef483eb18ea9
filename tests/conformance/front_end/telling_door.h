// A door behind which the rows are only told.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "adapters/adapter.h"
#include "intake/door.h"

namespace sluice::adapters::front_end::conformance {

// Tells its rows as `column column …`.
class TellingDoor : public intake::Door {
 public:
  std::expected<void, intake::IntakeFailure> begin(std::span<const std::string> columns) override {
    columns_ = columns.size();
    return {};
  }
  std::expected<void, intake::IntakeFailure> accept(const intake::SourceRow& row) override {
    std::string& told = rows.emplace_back();
    for (std::size_t i = 0; i < columns_; ++i) {
      if (i > 0) told += ' ';
      told += row.values[i].value_or("-");
    }
    if (row.operation == record::Operation::remove) told += " removed";
    return {};
  }
  std::expected<void, intake::IntakeFailure> reject(std::uint64_t, std::string_view original,
                                                    const intake::RowProblem&) override {
    rows.push_back("rejected " + std::string(original));
    return {};
  }
  std::vector<std::string> rows;

 private:
  std::size_t columns_ = 0;
};

class NoProgress : public Progress {
 public:
  void advanced(std::uint64_t, std::uint64_t, std::uint64_t) override {}
};

}  // namespace sluice::adapters::front_end::conformance

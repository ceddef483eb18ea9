// How the records of one version of a dataset become those of the next: what a mapping says, run
// through the same conversion as the rows of any source. The old version's fields are the columns,
// their canonical text (docs/batch-format.md) is what stands in them.
#pragma once

#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "intake/conversion_plan.h"
#include "intake/mapping.h"
#include "record/failure.h"
#include "record/table_schema.h"
#include "store/migrations.h"

namespace sluice::exchange {

// One owner, one thread.
class VersionConversion {
 public:
  // Every field of `old` must be taken by one of `dataset`, whose schema is the new one, or listed
  // under `ignore`: nothing is lost in passing. The flaw says which is not, or what the mapping
  // names and `old` does not have.
  [[nodiscard]] static std::expected<VersionConversion, record::Flaw> bind(
      const record::TableSchema& old, const record::Dataset& dataset, intake::Mapping mapping);

  // As store::RecordConverter.
  [[nodiscard]] std::expected<std::string_view, store::Unfit> convert(
      std::span<const std::optional<std::string_view>> values);

 private:
  // What the plan refers to.
  struct Bound {
    record::Dataset dataset;
    intake::Mapping mapping;
    record::RecordChecker checker;
  };
  VersionConversion(std::unique_ptr<Bound> bound, intake::ConversionPlan plan)
      : bound_(std::move(bound)), plan_(std::move(plan)) {}

  std::unique_ptr<Bound> bound_;
  intake::ConversionPlan plan_;
  intake::ConversionPlan::Buffers buffers_;
};

}  // namespace sluice::exchange

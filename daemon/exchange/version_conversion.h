// How the records of one version of a dataset become those of the next: what a mapping says, run
// through the same conversion as the rows of any source. The old version's fields are the columns,
// their canonical text (docs/batch-format.md) is what stands in them. A migration does it to all
// that the tables have, and what a bureau sends late goes the same way, line by line.
#pragma once

#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

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
  // As a migration did it, by what the ledger has of it: `old` is the schema of the version that it
  // ended, `begun` of the one that it began.
  [[nodiscard]] static std::expected<VersionConversion, record::Flaw> read(
      const store::MigrationEntry& migration, const record::TableSchema& old,
      const record::TableSchema& begun);

  // As store::RecordConverter.
  [[nodiscard]] std::expected<std::string_view, store::Unfit> convert(
      std::span<const std::optional<std::string_view>> values);
  // As store::LineConverter. A delete is turned by its key.
  [[nodiscard]] std::expected<std::string_view, store::Unfit> turn(std::string_view line);
  // Why deletes can not be turned, half a sentence; nothing: they can.
  [[nodiscard]] std::optional<std::string> why_no_deletes() const;

 private:
  // What the plan refers to.
  struct Bound {
    record::Dataset dataset;
    intake::Mapping mapping;
    record::RecordChecker checker;
    record::TableSchema old;
  };
  VersionConversion(std::unique_ptr<Bound> bound, intake::ConversionPlan plan);
  [[nodiscard]] std::expected<void, store::Unfit> run(const intake::SourceRow& row);
  // False: it is no line of the old schema.
  [[nodiscard]] bool split(std::string_view line);

  std::unique_ptr<Bound> bound_;
  intake::ConversionPlan plan_;
  intake::ConversionPlan::Buffers buffers_;
  // Of the line at hand.
  std::vector<std::string_view> columns_;
  std::vector<std::string> texts_;
  std::vector<intake::SourceValue> values_;
};

}  // namespace sluice::exchange

// The door for a source that is only looked at: each row is made the record that it would become,
// and of that only key and digest are kept.
#pragma once

#include <expected>
#include <optional>
#include <span>
#include <string>

#include "intake/conversion_plan.h"
#include "intake/door.h"
#include "reconciliation/source_digests.h"
#include "record/record_checker.h"
#include "record/table_schema.h"
#include "store/line_inspector.h"

namespace sluice::reconciliation {

// What a row of a source becomes, as the central store would have it.
struct CanonicalRow {
  record::Key key;
  SourceState state = SourceState::present;
  record::RowDigest digest;
};

// What a row needs to be made a record. Everything named here must outlive who is given it.
struct Conversion {
  const record::Dataset& dataset;
  const record::RecordChecker& checker;
  const intake::Mapping& mapping;
};

class CanonicalRows {
 public:
  explicit CanonicalRows(const Conversion& conversion);

  [[nodiscard]] intake::Result<void> begin(std::span<const std::string> columns);
  // Nothing where not even the key can be told.
  [[nodiscard]] std::optional<CanonicalRow> convert(const intake::SourceRow& row);

 private:
  [[nodiscard]] bool inspect(const intake::SourceRow& row);

  Conversion conversion_;
  std::optional<intake::ConversionPlan> plan_;
  intake::ConversionPlan::Buffers buffers_;
  store::LineInspector inspector_;
  store::Row inspected_;
  std::vector<std::size_t> key_;
  std::string unescaped_;
};

class SourceDoor final : public intake::Door {
 public:
  // `digests` must outlive it, and have begun.
  SourceDoor(const Conversion& conversion, SourceDigests& digests)
      : rows_(conversion), digests_(digests) {}

  [[nodiscard]] intake::Result<void> begin(std::span<const std::string> columns) override {
    return rows_.begin(columns);
  }
  [[nodiscard]] intake::Result<void> accept(const intake::SourceRow& row) override;
  [[nodiscard]] intake::Result<void> reject(std::uint64_t place, std::string_view original,
                                            const intake::RowProblem& problem) override;

 private:
  CanonicalRows rows_;
  SourceDigests& digests_;
};

}  // namespace sluice::reconciliation

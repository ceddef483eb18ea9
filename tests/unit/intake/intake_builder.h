// A small register, its mapping, and a sink that keeps what it is given.
#pragma once

#include <string>
#include <vector>

#include "intake/batch_sink.h"
#include "intake/conversion_plan.h"
#include "intake/source_cursor.h"

namespace sluice::intake::test {

struct Register {
  record::Dataset dataset{
      .id = record::DatasetId("register"),
      .owner = record::BureauId("tax"),
      .schema = {.fields = {{.name = "code", .constraints = {.required = true}},
                            {.name = "name"},
                            {.name = "capital", .type = record::FieldType::number},
                            {.name = "currency"}},
                 .primary_key = {"code"},
                 .fields_match = record::FieldsMatch::equal}};
  record::RecordChecker checker = record::RecordChecker::compile(dataset.schema).value();
  Mapping mapping{
      .fields = {{.field = "name", .from = "名称", .steps = {step::Trim{}}},
                 {.field = "capital",
                  .from = "资金",
                  .steps = {step::Trim{}, step::HalfWidth{}, step::Trim{}, step::Amount{}},
                  .missing = {"N/A"}},
                 {.field = "currency",
                  .from = "资金",
                  .steps = {step::Trim{}, step::HalfWidth{}, step::Currency{}},
                  .missing = {"N/A"}}}};
  std::vector<std::string> columns = {"code", "名称", "资金"};
};

// Without what was read.
inline SourceCursor counts_of(SourceCursor cursor) {
  cursor.read.reset();
  return cursor;
}
inline SourceCursor cursor_of(const ConvertedBatch& batch) {
  return parse_source_cursor(batch.cursor).value();
}

class KeepingSink : public BatchSink {
 public:
  std::expected<void, IntakeFailure> put(ConvertedBatch batch) override {
    batches.push_back(std::move(batch));
    return {};
  }
  std::expected<record::Sequence, IntakeFailure> finish() override {
    return record::Sequence{batches.size()};
  }
  [[nodiscard]] std::string text() const {
    std::string all;
    for (const ConvertedBatch& batch : batches)
      all += batch.lines;
    return all;
  }
  std::vector<ConvertedBatch> batches;
};

}  // namespace sluice::intake::test

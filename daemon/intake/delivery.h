// What an intake is told of the rows that it will get, and how large its batches are.
#pragma once

#include <cstdint>
#include <string>

#include "intake/mapping.h"
#include "intake/reject_limit.h"
#include "record/batch.h"
#include "record/manifest.h"
#include "record/record_checker.h"
#include "record/table_schema.h"

namespace sluice::intake {

// Everything named here must outlive the intake.
struct SourceDelivery {
  const record::Dataset& dataset;
  const record::RecordChecker& checker;
  const Mapping& mapping;
  RejectLimit reject_limit;
  record::Mode mode = record::Mode::disk;
  std::string source;      // file name, table or the like, for the quarantine
  RecentRows recent = {};  // of the limit's window, where it has one
  // Where it is known beforehand: the delivery has no more rows than these.
  std::uint64_t most_rows = 0;
};

struct BatchSize {
  std::uint64_t rows = record::usual_batch_rows;
  std::uint64_t bytes = record::usual_batch_bytes;
};

}  // namespace sluice::intake

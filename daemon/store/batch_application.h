// How the rows of one batch get into a dataset's tables. Two ways:
//
// - expecting only new records, every line goes straight into the current table. The first that is
//   there already undoes it all, and the batch goes the other way;
// - comparing, lines are folded by key, the store is asked which records it has and with which
//   digest, and only what differs is written. Where the database refuses a row, the rows are halved
//   until it stands alone; it is rejected and the rest goes in. Where the database leaves open what
//   is wrong, the row that stands alone is written by a statement of its own, which tells more; a
//   row that it still says nothing of is to blame only if others go in.
#pragma once

#include <expected>
#include <vector>

#include "record/receipt.h"
#include "store/dataset_tables.h"
#include "store/store.h"

namespace sluice::store {

enum class Expectation { new_records, any };

struct AppliedRows {
  record::RowOutcomes outcomes;
  std::vector<record::RefusedRows> refused;
  // None of the batch's records was there before: the next batch may well be like it.
  bool all_new = false;
};

// Inside the transaction that `tables` stands for; after a failure it must be rolled back.
[[nodiscard]] Result<AppliedRows> apply_rows(const AdmittedBatch& admitted, DatasetTables& tables,
                                             Expectation expectation);

}  // namespace sluice::store

// The versions of datasets' tables as a store tells them, for what comes late: it comes in crowds,
// and they seldom change, so they are loaded once, and again where the tables are others since.
#pragma once

#include <map>
#include <vector>

#include "exchange/dataset_versions.h"
#include "record/table_schema.h"
#include "store/migrations.h"

namespace sluice::exchange {

// One owner, one thread.
class KnownVersions {
 public:
  // It must outlive this.
  explicit KnownVersions(store::Store& store) : store_(store) {}

  // `dataset`: as it is configured, the same whenever it is asked for. Good until the next call.
  // `schema_conflict`: what the store has of it can not be read.
  [[nodiscard]] store::Result<const DatasetVersions*> of(const record::Dataset& dataset);

 private:
  struct Known {
    store::TablesVersion as_of;
    std::vector<record::Digest> schemas;  // that the version was known to have had
    DatasetVersions versions;
  };

  store::Store& store_;
  std::map<record::DatasetId, Known> known_;
};

}  // namespace sluice::exchange

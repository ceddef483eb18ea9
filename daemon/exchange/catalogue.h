// The datasets that a node knows, each with its schema compiled and its digest at hand.
#pragma once

#include <expected>
#include <map>
#include <memory>
#include <vector>

#include "record/record_checker.h"
#include "record/table_schema.h"

namespace sluice::exchange {

struct KnownDataset {
  record::Dataset dataset;
  record::RecordChecker checker;
  record::Digest schema;
  bool carries_case_numbers = false;
};

// Immutable, so thread-safe. References into it live as long as it does.
class Catalogue {
 public:
  [[nodiscard]] static std::expected<Catalogue, std::vector<record::SchemaFailure>> compile(
      const std::map<record::DatasetId, record::Dataset>& datasets);

  [[nodiscard]] const KnownDataset* find(const record::DatasetId& dataset) const;
  [[nodiscard]] const std::map<record::DatasetId, std::unique_ptr<KnownDataset>>& datasets() const {
    return datasets_;
  }

 private:
  std::map<record::DatasetId, std::unique_ptr<KnownDataset>> datasets_;
};

}  // namespace sluice::exchange

#include "exchange/catalogue.h"

#include <algorithm>
#include <utility>

namespace sluice::exchange {

std::expected<Catalogue, std::vector<record::SchemaFailure>> Catalogue::compile(
    const std::map<record::DatasetId, record::Dataset>& datasets) {
  Catalogue catalogue;
  std::vector<record::SchemaFailure> failures;
  for (const auto& [id, dataset] : datasets) {
    auto checker = record::RecordChecker::compile(dataset.schema);
    if (!checker) {
      std::ranges::move(checker.error(), std::back_inserter(failures));
      continue;
    }
    catalogue.datasets_.emplace(
        id, std::make_unique<KnownDataset>(KnownDataset{
                dataset, std::move(*checker), record::schema_digest(dataset.schema),
                std::ranges::any_of(dataset.schema.fields, &record::Field::carries_case_number)}));
  }
  if (!failures.empty()) return std::unexpected(std::move(failures));
  return catalogue;
}

const KnownDataset* Catalogue::find(const record::DatasetId& dataset) const {
  const auto found = datasets_.find(dataset);
  return found == datasets_.end() ? nullptr : found->second.get();
}

}  // namespace sluice::exchange

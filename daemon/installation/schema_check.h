// Whether the central store's tables can take what is made under a dataset's schema here: asked
// before anything is acknowledged, for what was acknowledged can not be taken back.
#pragma once

#include <vector>

#include "installation/installation.h"

namespace sluice::installation {

// `schema_conflict` where the tables can not follow the dataset's schema. One that they can is kept
// in the store by its digest, so that what is made under it can be read when it has changed again.
[[nodiscard]] store::Result<void> check_schema(store::Store& store,
                                               const exchange::KnownDataset& known);

// Whether the node has a store, and an embedded one lies there.
[[nodiscard]] bool has_begun_store(const settings::Settings& settings);

// Of all datasets, for who only looks: makes nothing. Empty where the store is another node's or
// was never begun; fails where it can not be asked.
[[nodiscard]] store::Result<std::vector<store::StoreFailure>> schema_conflicts(
    const settings::Settings& settings);

}  // namespace sluice::installation

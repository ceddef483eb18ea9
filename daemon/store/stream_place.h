// Whether a batch may follow what the ledger holds of its bureau.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "record/batch.h"
#include "record/manifest.h"
#include "store/store.h"

namespace sluice::store {

// The last batch that was applied of a bureau, whatever the epoch.
struct StreamPlace {
  record::Epoch epoch;
  record::ChainHead head;
  record::Time applied_at{};
  record::Time sealed_at{};
};

// When the batch of this manifest was sealed; the beginning of time where it can not be read.
[[nodiscard]] record::Time sealing_time(std::string_view manifest);

// "bureau portal, epoch 1769…, batch 7".
[[nodiscard]] std::string place_of(const record::Manifest& manifest);

// Whether the parts of the batch belong together, so that a batch can not reach a dataset that its
// bureau does not own.
[[nodiscard]] Result<void> check_admitted(const AdmittedBatch& admitted);

[[nodiscard]] StoreFailure unknown_dataset(const record::DatasetId& dataset);
[[nodiscard]] StoreFailure not_a_range(const record::DatasetId& dataset);
[[nodiscard]] StoreFailure not_a_key(const record::DatasetId& dataset);

// Of a batch of which an earlier one of its dataset is held.
[[nodiscard]] StoreFailure behind_held(const record::Manifest& manifest);
// Of one that was to be settled, and that the ledger does not have.
[[nodiscard]] StoreFailure not_held(const record::Manifest& manifest);

// Where the ledger has a batch with this number: why it is not the same one; nothing if it is.
[[nodiscard]] std::optional<StoreFailure> refuse_other(const record::Manifest& manifest,
                                                       const record::Digest& digest,
                                                       std::string_view digest_in_ledger);

// Why `manifest` is not what comes next after `place` (nothing: the bureau is new); nothing if it
// is.
[[nodiscard]] std::optional<StoreFailure> refuse_place(const record::Manifest& manifest,
                                                       const std::optional<StreamPlace>& place);

// When the batch after `place` counts as applied: never before, nor together with, the one before
// it, even where the clock was set back, so that reading as of a moment is unambiguous.
[[nodiscard]] record::Time applied_after(const std::optional<StreamPlace>& place, record::Time now);

}  // namespace sluice::store

// The digests of a central store that is at hand.
#pragma once

#include "reconciliation/central_digests.h"
#include "record/key_order.h"
#include "record/table_schema.h"
#include "store/store.h"

namespace sluice::reconciliation {

// `store` must outlive it, and have had the dataset prepared.
class StoreDigests final : public CentralDigests {
 public:
  StoreDigests(store::Store& store, const record::Dataset& dataset);

  [[nodiscard]] Result<std::vector<record::RecordSum>> sums(
      const record::KeyRange& range, std::span<const record::Key> bounds) override;
  [[nodiscard]] Result<Listing> list(const record::KeyRange& range) override;

 private:
  store::Store& store_;
  record::DatasetId dataset_;
  record::KeyOrder order_;
};

}  // namespace sluice::reconciliation

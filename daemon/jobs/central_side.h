// The central store as a comparison asks it: on this node, or over the uplink.
#pragma once

#include <expected>
#include <memory>

#include "exchange/catalogue.h"
#include "installation/installation.h"
#include "link/https/uplink_identity.h"
#include "reconciliation/central_digests.h"
#include "store/store.h"

namespace sluice::jobs {

class CentralSide {
 public:
  // `installation` and `known` must outlive it.
  [[nodiscard]] static reconciliation::Result<CentralSide> open(
      const installation::Installation& installation, const exchange::KnownDataset& known);

  [[nodiscard]] reconciliation::CentralDigests& digests() { return *digests_; }

 private:
  CentralSide() = default;
  std::unique_ptr<store::Store> store_;             // of this node
  std::unique_ptr<link::UplinkIdentity> identity_;  // for another one
  std::unique_ptr<reconciliation::CentralDigests> digests_;
};

}  // namespace sluice::jobs

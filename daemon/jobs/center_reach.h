// How a job reaches this node's center: its ledger is in this node's own store, or behind the
// uplink.
#pragma once

#include <expected>
#include <memory>
#include <optional>

#include "installation/installation.h"
#include "link/bandwidth.h"
#include "link/https/https_caller.h"
#include "link/https/uplink_identity.h"
#include "record/failure.h"
#include "store/store.h"

namespace sluice::jobs {

// Who signs what the center says.
[[nodiscard]] record::Signers center_signers(const installation::Installation& installation);

// One of the two is there. Calls block.
class CenterReach {
 public:
  // `installation` must outlive it. Fails where there is no way to the center; whether it answers
  // is seen when it is asked.
  [[nodiscard]] static std::expected<std::unique_ptr<CenterReach>, record::Flaw> open(
      const installation::Installation& installation);
  CenterReach(const CenterReach&) = delete;
  CenterReach& operator=(const CenterReach&) = delete;

  // Null: the center is another node, and is called.
  [[nodiscard]] store::Store* store() { return store_.get(); }
  [[nodiscard]] link::HttpsCaller& caller() { return *caller_; }

 private:
  CenterReach() = default;

  std::unique_ptr<store::Store> store_;
  std::unique_ptr<link::UplinkIdentity> identity_;
  link::Bandwidth bandwidth_{std::nullopt};
  std::optional<link::HttpsCaller> caller_;
};

}  // namespace sluice::jobs

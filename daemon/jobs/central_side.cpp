#include "jobs/central_side.h"

#include <utility>

#include "reconciliation/https_digests.h"
#include "reconciliation/store_digests.h"

namespace sluice::jobs {
namespace {

using reconciliation::Failure;
using reconciliation::Problem;

std::unexpected<Failure> failed(const store::StoreFailure& failure) {
  return std::unexpected(Failure{Problem::unavailable, failure.place, failure.sentence});
}

}  // namespace

std::expected<CentralSide, Failure> CentralSide::open(
    const installation::Installation& installation, const exchange::KnownDataset& known) {
  CentralSide side;
  const settings::Node& node = installation.settings.node;
  if (!node.uplink) {
    auto store = installation.open_store();
    if (!store) return failed(store.error());
    side.store_ = std::move(*store);
    if (auto prepared = side.store_->prepare(known.dataset); !prepared) {
      return failed(prepared.error());
    }
    side.digests_ = std::make_unique<reconciliation::StoreDigests>(*side.store_, known.dataset);
    return side;
  }
  auto identity =
      link::UplinkIdentity::load({node.identity.certificate, node.identity.key,
                                  node.identity.authorities, node.identity.revocations});
  if (!identity) {
    return std::unexpected(
        Failure{Problem::refused, identity.error().place, identity.error().sentence});
  }
  side.identity_ = std::move(*identity);
  side.digests_ = std::make_unique<reconciliation::HttpsDigests>(
      reconciliation::ComparedDataset{known.dataset.id, known.schema}, *node.uplink,
      *side.identity_);
  return side;
}

}  // namespace sluice::jobs

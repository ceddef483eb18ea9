#include "jobs/center_reach.h"

#include "jobs/flaw_of.h"
#include "record/try.h"

namespace sluice::jobs {

record::Signers center_signers(const installation::Installation& installation) {
  const auto& uplink = installation.settings.node.uplink;
  return uplink ? uplink->center_signers : installation.own_signers();
}

std::expected<std::unique_ptr<CenterReach>, record::Flaw> CenterReach::open(
    const installation::Installation& installation) {
  std::unique_ptr<CenterReach> reach(new CenterReach);
  const settings::Node& node = installation.settings.node;
  if (!node.uplink) {
    reach->store_ = SLUICE_TRY(flawed(installation.open_store()));
    return reach;
  }
  reach->identity_ = SLUICE_TRY(
      flawed(link::UplinkIdentity::load({node.identity.certificate, node.identity.key,
                                         node.identity.authorities, node.identity.revocations})));
  reach->caller_.emplace(*node.uplink, *reach->identity_, reach->bandwidth_);
  return reach;
}

}  // namespace sluice::jobs

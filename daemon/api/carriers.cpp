#include "api/carriers.h"

#include <variant>

#include <fmt/format.h>

namespace sluice::api {

void Carriers::deny(const server::Peer& peer, const std::string& bureau,
                    const std::string& reason) const {
  const std::string actor = peer.name();
  if (denials.note({"carry-denied", actor, bureau, reason})) {
    log.write<"carry-denied">({{"actor", actor}, {"bureau", bureau}, {"reason", reason}});
  }
}

std::optional<server::Response> Carriers::turn_away(const server::Request& request) const {
  const std::string bureau(request.parameter("bureau"));
  const server::Peer& peer = request.peer;
  if (policy.may_carry(peer.caller, record::BureauId(bureau))) return std::nullopt;
  if (!std::holds_alternative<record::NodeId>(peer.caller)) {
    deny(peer, bureau, "not-a-node");
    return refuse(BatchProblem::not_permitted,
                  "only nodes bring batches, and this certificate is not one's; see `nodes` in the "
                  "center's node.yaml");
  }
  deny(peer, bureau, "not-granted");
  return refuse(BatchProblem::not_permitted,
                fmt::format("node {} does not bring the batches of this bureau; see `nodes` in the "
                            "center's node.yaml",
                            peer.name()));
}

}  // namespace sluice::api

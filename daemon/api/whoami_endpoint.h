// GET /v1/whoami: as whom this node knows the caller by its certificate, and what the caller needs
// to see whether the two fit together (docs/link.md). It changes nothing and reads no store.
#pragma once

#include <functional>
#include <vector>

#include "record/identifiers.h"
#include "record/time.h"
#include "server/router.h"
#include "trust/policy.h"

namespace sluice::api {

struct WhoamiSurroundings {
  record::NodeId name;                    // of this node
  std::vector<record::BureauId> bureaus;  // that it knows
  std::function<record::Time()> clock;    // called on connections' strands
};
// `policy`, which says whose batches a node brings, must outlive the route.
[[nodiscard]] server::Route whoami_route(const trust::Policy& policy, WhoamiSurroundings node);

}  // namespace sluice::api

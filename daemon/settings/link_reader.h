// The parts of node.yaml that tie nodes together: an edge's `uplink`, a center's `nodes`.
#pragma once

#include <vector>

#include "settings/readers.h"
#include "settings/section.h"

namespace sluice::settings {

[[nodiscard]] link::Uplink read_uplink(Section section);
[[nodiscard]] std::vector<CarryingNode> read_nodes(Section& root);

}  // namespace sluice::settings

// Who asks something of a node, as far as that was proved.
#pragma once

#include <compare>
#include <variant>

#include "record/identifiers.h"

namespace sluice::trust {

// Its certificate is good, and the configuration knows nobody by it.
struct Stranger {
  friend auto operator<=>(const Stranger&, const Stranger&) = default;
};
// Who may open the node's control socket: the mode of that file says who does.
struct Operator {
  friend auto operator<=>(const Operator&, const Operator&) = default;
};

using Caller = std::variant<Stranger, record::BureauId, record::NodeId, Operator>;

}  // namespace sluice::trust

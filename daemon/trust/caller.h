// Who asks something of a node, as far as that was proved.
#pragma once

#include <compare>
#include <string>
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

// Somebody at a browser, of whom only the address is known. Who it is, a session says.
struct Visitor {
  std::string host;  // "127.0.0.1": without the port
  friend auto operator<=>(const Visitor&, const Visitor&) = default;
};

using Caller = std::variant<Stranger, record::BureauId, record::NodeId, Operator, Visitor>;

}  // namespace sluice::trust

// Why what is due for a bureau must wait: its journal is full, its disk has no room, or nothing may
// be acknowledged.
#pragma once

#include <functional>
#include <optional>
#include <string>

namespace sluice::runs {

// Nothing where it need not. Asked on one thread of whoever has it.
using HoldBack = std::function<std::optional<std::string>()>;

}  // namespace sluice::runs

// `sluice quarantine counts`: how much waits, in the journals of this node and, as they reported,
// at the nodes that have it for their center.
#pragma once

#include "commands/commands.h"

namespace sluice::commands {

void add_quarantine_counts(CLI::App& quarantine, Context& context);

}  // namespace sluice::commands

// `sluice batch held` and `sluice batch release`: what a center holds, and what a person makes of
// it.
#pragma once

#include "commands/commands.h"

namespace sluice::commands {

// Into the group of the commands about batches.
void add_held_batches(CLI::App& group, Context& context);

}  // namespace sluice::commands

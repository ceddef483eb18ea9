// The part of `sluice audit verify` that replays the archive and compares the tables with it.
#pragma once

#include <cstdint>
#include <optional>

#include "commands/commands.h"
#include "exchange/archive_replay.h"

namespace sluice::commands {

// Prints what was found, and how far it came meanwhile. `payload_bytes`: of all that is archived.
[[nodiscard]] ExitStatus replay_archive(const installation::Installation& installation,
                                        store::Store& store, const exchange::ReplayWish& wish,
                                        std::uint64_t payload_bytes);

}  // namespace sluice::commands

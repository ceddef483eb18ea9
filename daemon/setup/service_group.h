// The group as which the packaged service runs: what a command of root's makes for it, it must be
// able to read.
#pragma once

#include <optional>

#include <sys/types.h>

namespace sluice::setup {

// Nothing where there is no such group, or whoever runs this could not give it a file.
[[nodiscard]] std::optional<gid_t> service_group();

}  // namespace sluice::setup

// How a report reaches the center: a call of the HTTPS API (docs/link.md).
#pragma once

#include <stop_token>
#include <string>

#include "edges/reporter.h"
#include "link/https/https_caller.h"

namespace sluice::edges {

// Blocks; soon after a stop is requested it fails.
[[nodiscard]] link::Result<Reception> bring_report(link::HttpsCaller& caller,
                                                   const record::BureauId& bureau,
                                                   const std::string& report,
                                                   const std::stop_token& stop);

}  // namespace sluice::edges

// Keeps what a comparison found, for `sluice report` and for pages.
#pragma once

#include <expected>
#include <vector>

#include "installation/installation.h"
#include "jobs/reconcile_job.h"
#include "reconciliation/differences.h"

namespace sluice::jobs {

// `differences`: the first ones, in key order; as many as are kept, where there are so many.
[[nodiscard]] std::expected<void, ReconcileFailure> keep_report(
    const installation::Installation& installation, const ReconcileRequest& request,
    const ReconcileReport& report, const std::vector<reconciliation::Difference>& differences);

}  // namespace sluice::jobs

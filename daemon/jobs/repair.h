// Sends the center exactly what a comparison found to differ, as the source has it at that moment.
#pragma once

#include <expected>

#include "exchange/catalogue.h"
#include "installation/installation.h"
#include "jobs/reconcile_job.h"
#include "reconciliation/differences.h"

namespace sluice::jobs {

// Reads the source once more. A record that only the center has is looked up in the source once
// again before it is deleted, and left alone where it is back. The journal's note of where the
// table stands is left as it is. Returns when all is in the journal.
[[nodiscard]] std::expected<Repair, ReconcileFailure> send_repair(
    const installation::Installation& installation, const ReconcileRequest& request,
    const ReconcileEvents& events, reconciliation::Differences& differences);

}  // namespace sluice::jobs

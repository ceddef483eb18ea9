// What a run that has ended means: its outcome, and what the log and the metrics are told of it.
#pragma once

#include <chrono>

#include "jobs/child_process.h"
#include "jobs/run_history.h"
#include "observe/log.h"
#include "observe/metrics.h"

namespace sluice::jobs {

// Fills in outcome, sentence and summary.
void note_end(Run& run, const ChildEnd& end, std::chrono::seconds time_limit);

// `run.ended` is set.
void tell_of(const Run& run, observe::Log& log, observe::Metrics& metrics);

}  // namespace sluice::jobs

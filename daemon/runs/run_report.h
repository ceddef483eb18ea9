// What a run that has ended means: its outcome, and what the log and the metrics are told of it.
#pragma once

#include <chrono>

#include "observe/log.h"
#include "observe/metrics.h"
#include "runs/child_process.h"
#include "runs/run_history.h"

namespace sluice::runs {

// Fills in outcome, sentence and summary.
void note_end(Run& run, const ChildEnd& end, std::chrono::seconds time_limit);

// What the metrics say of a job's last run for as long as there is no later one: also of one from
// before the daemon began.
void measure_last(const Run& run, observe::Metrics& metrics);
// `run.ended` is set.
void tell_of(const Run& run, observe::Log& log, observe::Metrics& metrics);

}  // namespace sluice::runs

// How a scheduled job is told to machines: in /v1/jobs and in /v1/status.
#pragma once

#include <boost/json/object.hpp>

#include "runs/scheduler.h"

namespace sluice::api {

[[nodiscard]] boost::json::object job_json(const runs::JobStatus& status);

}  // namespace sluice::api

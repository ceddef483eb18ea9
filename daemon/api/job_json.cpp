#include "api/job_json.h"

#include <string>

#include "record/time.h"

namespace sluice::api {
namespace {

std::string moment_text(schedule::Moment moment) {
  return record::to_string(record::Time(moment));
}

}  // namespace

boost::json::object job_json(const runs::JobStatus& status) {
  boost::json::object object{{"bureau", status.name.bureau.str()},
                             {"task", status.name.task},
                             {"schedule", status.schedule}};
  object["state"] = status.running_since        ? "running"
                    : status.is_paused          ? "paused"
                    : !status.held_back.empty() ? "held back"
                                                : "waiting";
  if (!status.held_back.empty()) object["held_back"] = status.held_back;
  if (status.running_since) object["running_since"] = moment_text(*status.running_since);
  if (status.next) object["next"] = moment_text(*status.next);
  if (status.last) {
    object["last_started"] = moment_text(status.last->started);
    object["last_reason"] = status.last->reason;
    object["last_outcome"] = status.last->outcome;
    object["last_seconds"] =
        (status.last->ended.value_or(status.last->started) - status.last->started).count();
    object["last_sentence"] = status.last->sentence;
  }
  return object;
}

}  // namespace sluice::api

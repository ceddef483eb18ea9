// How what is asked of the tasks fails: one kind of failure for all of it.
#pragma once

#include <expected>

#include "record/failure.h"

namespace sluice::tasks {

enum class TaskProblem {
  unavailable,      // no connection, a lock that is not let go of: try again, after a look whether
                    // it was done all the same
  unknown,          // there is no task of this number
  wrong_state,      // the task is past that, or not there yet
  not_held,         // the account does not hold it, or has lost it to another
  held_by_another,  // another account holds it, or it is kept for another
  same_person,      // nobody checks or settles what is their own
  waits_for_another,  // an earlier delivery of the same record is not answered yet
  conflicting,        // a delivery of this name, or a call of this key, is known with other content
  not_taken,          // a text that is too long, or none that can be kept
  failed,             // anything else that the database said
  no_room,            // the disk is full: nothing was done, and the same may be later
};
using TaskFailure = record::Failure<TaskProblem>;
template <class T>
using Result = std::expected<T, TaskFailure>;

}  // namespace sluice::tasks

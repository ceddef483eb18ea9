// How what is kept of people fails: one kind of failure for accounts and for sessions.
#pragma once

#include <expected>

#include "record/failure.h"

namespace sluice::people {

enum class PeopleProblem {
  unavailable,         // no connection, a lock that is not let go of: try again, after a look
                       // whether it was done all the same
  name_taken,          // there is an account of this name, if only a disabled one
  unknown,             // there is none
  certificate_taken,   // it is bound to another account
  changed_meanwhile,   // somebody else has changed it since it was looked up: look again
  last_administrator,  // nobody who may administer would be left
  failed,              // anything else that the database said
};
using PeopleFailure = record::Failure<PeopleProblem>;
template <class T>
using Result = std::expected<T, PeopleFailure>;

}  // namespace sluice::people

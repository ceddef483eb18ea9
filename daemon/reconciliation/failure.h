// Why two sides could not be compared.
#pragma once

#include "record/failure.h"

namespace sluice::reconciliation {

enum class Problem {
  unavailable,  // the center does not answer now: later
  refused,      // the center does not answer this: a person must act
  scratch,      // the disk that the comparison is worked out on
  reports,      // the file in which reports are kept
};
using Failure = record::Failure<Problem>;
template <class T>
using Result = std::expected<T, Failure>;

}  // namespace sluice::reconciliation

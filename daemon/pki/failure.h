// How making keys, requests, certificates and revocation lists fails.
#pragma once

#include <expected>

#include "record/failure.h"

namespace sluice::pki {

enum class PkiProblem {
  exists,       // a file is there, and it is never overwritten
  not_written,  // the disk, or a right that is missing
  unreadable,   // a file is not there, or holds something else
  refused,      // what is asked for is not right
};
using PkiFailure = record::Failure<PkiProblem>;
template <class T>
using Result = std::expected<T, PkiFailure>;

}  // namespace sluice::pki

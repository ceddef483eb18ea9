// Where the archive is replayed on a scratch database, that one's failures are told as the store's.
#pragma once

#include "reconciliation/failure.h"
#include "record/recast.h"
#include "store/store.h"

namespace sluice::exchange {

[[nodiscard]] inline store::StoreFailure of_scratch(const reconciliation::Failure& failure) {
  return {store::StoreProblem::failed, failure.place, failure.sentence};
}

}  // namespace sluice::exchange

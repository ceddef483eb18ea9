// Why a row of the quarantine was not settled as a person wanted it.
#pragma once

#include <cstdint>
#include <string>

#include "record/failure.h"

namespace sluice::jobs {

enum class SettlementProblem {
  not_waiting,    // there is no such entry, or somebody has settled it
  bad_reason,     // to discard a row a reason is needed, that others can read
  not_published,  // the bureau no longer publishes the dataset
  still_refused,  // the row fails again: field and rule are in the sentence
  failed,         // the journal could not take it
  unaudited,      // it is done, but not in the audit log
};
using SettlementFailure = record::Failure<SettlementProblem>;

[[nodiscard]] SettlementFailure settlement_failure(SettlementProblem problem, std::int64_t id,
                                                   std::string sentence);

}  // namespace sluice::jobs

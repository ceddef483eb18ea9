// Takes a quarantined row again, as it was or corrected: the job behind `sluice quarantine replay`.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "installation/installation.h"
#include "intake/call_intake.h"
#include "journal/journal.h"

namespace sluice::jobs {

enum class ReplayProblem {
  no_such_entry,  // or it was replayed before
  not_published,  // the bureau no longer publishes the dataset
  still_refused,  // the row fails again: field and rule are in the sentence
  failed,         // the journal could not take it
};
using ReplayFailure = record::Failure<ReplayProblem>;

// `corrected` stands for the row's original bytes, in the same format. On success the row is
// durable and the entry marked as replayed.
[[nodiscard]] std::expected<journal::Placement, ReplayFailure> replay(
    const installation::Installation& installation, const record::BureauId& bureau, std::int64_t id,
    const std::optional<std::string>& corrected);

}  // namespace sluice::jobs

// What is said when a call is refused as a whole for what it says (server/refusal.h: for how it is
// sent): RFC 9457 problem details. Types, statuses and titles are API; schemas/openapi.yaml lists
// the same, and a test holds the two together.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "adapters/adapter.h"

namespace sluice::adapters::direct {

enum class CallProblem {
  rows_quarantined,     // some were not taken; the others were, so this is no refusal
  malformed,            // the body is not in the form that its type says
  bad_idempotency_key,  // the header's value is no key
  not_permitted,        // this bureau may not publish this dataset here
  unknown_dataset,
  no_outcome,     // no call with this key, or no batch of this number, is known any more
  still_running,  // a call with the same idempotency key has not ended
  too_large,      // the body
  unsupported_media_type,
  rows_refused,      // no row was taken: all are in quarantine, or the reject limit was passed
  tasks_refused,     // of what is to be keyed by hand, none was added
  key_reused,        // the idempotency key came with another body before
  columns_mismatch,  // the dataset's mapping can not be served by records at all
  backlog_full,
  no_room,          // on the disk; nothing was taken, and it passes
  not_durable,      // the journal failed; nothing was acknowledged
  schema_conflict,  // the store could not take the dataset as it is here; nothing was taken
};

struct ProblemType {
  CallProblem problem;
  unsigned status;        // HTTP
  std::string_view type;  // URI
  std::string_view title;
};
[[nodiscard]] std::span<const ProblemType> problem_types();
[[nodiscard]] const ProblemType& problem_type(CallProblem problem);

// An answer to a call, ready to be sent.
struct Reply {
  unsigned status = 200;
  std::string_view content_type = "application/json";
  std::optional<unsigned> retry_after_seconds;
  std::string body;
};

// `detail`: where, what was found, what was expected; never a record's value. `place`: in the body.
[[nodiscard]] Reply refuse(CallProblem problem, std::string_view detail,
                           std::string_view place = {});
// What a collection that ended early is answered with.
[[nodiscard]] Reply refuse(const CollectionFailure& failure);

// The members that every problem begins with, without the closing brace.
void begin_problem(std::string& json, const ProblemType& type, std::string_view detail);

inline constexpr std::string_view problem_content_type = "application/problem+json";

}  // namespace sluice::adapters::direct

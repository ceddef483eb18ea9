#include "adapters/direct/problem.h"

#include <algorithm>
#include <array>
#include <iterator>

#include <fmt/format.h>

#include "adapters/direct/json_scanner.h"

namespace sluice::adapters::direct {
namespace {

using enum CallProblem;

constexpr auto types = std::to_array<ProblemType>({
    {rows_quarantined, 200, "urn:sluice:problem:rows-quarantined", "Some rows were not taken"},
    {malformed, 400, "urn:sluice:problem:malformed", "The body is malformed"},
    {bad_idempotency_key, 400, "urn:sluice:problem:bad-idempotency-key",
     "The Idempotency-Key is not a key"},
    {not_permitted, 403, "urn:sluice:problem:not-permitted", "The bureau may not do this"},
    {unknown_dataset, 404, "urn:sluice:problem:unknown-dataset", "There is no such dataset"},
    {no_outcome, 404, "urn:sluice:problem:no-outcome", "There is no such call or batch"},
    {still_running, 409, "urn:sluice:problem:still-running", "The first call is still running"},
    {too_large, 413, "urn:sluice:problem:too-large", "The body is too large"},
    {unsupported_media_type, 415, "urn:sluice:problem:unsupported-media-type",
     "The body is of a type that is not taken"},
    {rows_refused, 422, "urn:sluice:problem:rows-refused", "No row was taken"},
    {tasks_refused, 422, "urn:sluice:problem:tasks-refused", "No task was added"},
    {key_reused, 422, "urn:sluice:problem:key-reused",
     "The Idempotency-Key came with another body"},
    {columns_mismatch, 422, "urn:sluice:problem:columns-mismatch",
     "The records' fields are not what the dataset asks for"},
    {backlog_full, 503, "urn:sluice:problem:backlog-full", "The node can take no more now"},
    {no_room, 503, "urn:sluice:problem:no-room", "The node's disk has no room now"},
    {not_durable, 503, "urn:sluice:problem:not-durable", "The node can not store durably"},
    {schema_conflict, 503, "urn:sluice:problem:schema-conflict",
     "The dataset's schema is not the store's"},
});

// Long enough for a backlog to move, short enough for a caller that holds its records back.
constexpr unsigned retry_after_seconds = 5;

CallProblem call_problem(CollectionProblem problem) {
  switch (problem) {
    case CollectionProblem::unreadable:
    case CollectionProblem::bad_encoding:
    case CollectionProblem::bad_syntax:
    case CollectionProblem::changed:
    case CollectionProblem::other_rows:
      return malformed;
    case CollectionProblem::bad_columns:
      return columns_mismatch;
    case CollectionProblem::too_large:
      return too_large;
    case CollectionProblem::refused:
      return rows_refused;
    case CollectionProblem::backlog_full:
      return backlog_full;
    case CollectionProblem::journal_failed:
      return not_durable;
  }
  return not_durable;
}

}  // namespace

std::span<const ProblemType> problem_types() {
  return types;
}

const ProblemType& problem_type(CallProblem problem) {
  return *std::ranges::find(types, problem, &ProblemType::problem);
}

void begin_problem(std::string& json, const ProblemType& type, std::string_view detail) {
  fmt::format_to(std::back_inserter(json), R"({{"type":"{}","title":"{}","status":{},"detail":)",
                 type.type, type.title, type.status);
  append_json_string(json, detail);
}

Reply refuse(CallProblem problem, std::string_view detail, std::string_view place) {
  const ProblemType& type = problem_type(problem);
  Reply reply{.status = type.status,
              .content_type = problem_content_type,
              .retry_after_seconds = {},
              .body = {}};
  if (type.status == 503 || type.status == 409) reply.retry_after_seconds = retry_after_seconds;
  begin_problem(reply.body, type, detail);
  if (!place.empty()) {
    reply.body += ",\"place\":";
    append_json_string(reply.body, place);
  }
  reply.body += '}';
  return reply;
}

Reply refuse(const CollectionFailure& failure) {
  return refuse(call_problem(failure.code), failure.sentence, failure.place);
}

}  // namespace sluice::adapters::direct

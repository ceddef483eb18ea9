#include "adapters/direct/outcome.h"

#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "adapters/direct/json_scanner.h"

namespace sluice::adapters::direct {
namespace {

void append_counts(std::string& json, const Outcome& outcome,
                   const std::optional<BatchPlace>& place) {
  auto out = std::back_inserter(json);
  if (place) {
    fmt::format_to(out, R"("batch":{{"bureau":"{}","epoch":{},"sequence":{},"first_row":{}}},)",
                   place->stream.bureau.str(), place->stream.epoch.value, place->sequence.value,
                   place->first_row);
  } else {
    json += "\"batch\":null,";
  }
  fmt::format_to(out, R"("accepted":{},"quarantined":{})", outcome.accepted, outcome.quarantined);
}

void append_failed_rows(std::string& json, const Outcome& outcome) {
  json += ",\"errors\":[";
  for (bool first = true; const FailedRow& failed : outcome.failed) {
    if (!std::exchange(first, false)) json += ',';
    fmt::format_to(std::back_inserter(json), R"({{"row":{})", failed.row);
    for (const auto& [name, text] :
         {std::pair{",\"field\":", &failed.field}, std::pair{",\"rule\":", &failed.rule},
          std::pair{",\"detail\":", &failed.sentence}}) {
      json += name;
      append_json_string(json, *text);
    }
    json += '}';
  }
  json += ']';
}

}  // namespace

void Outcome::add_failure(std::uint64_t row, const intake::RowProblem& problem) {
  ++quarantined;
  if (failed.size() < max_failed_rows_listed) {
    failed.push_back({row, problem.field, problem.rule.text(), problem.sentence});
  }
}

Reply answer(const Outcome& outcome, const std::optional<BatchPlace>& place) {
  Reply reply;
  if (outcome.quarantined == 0) {
    reply.body.reserve(160);
    reply.body += '{';
    append_counts(reply.body, outcome, place);
    reply.body += '}';
    return reply;
  }
  const ProblemType& type = problem_type(outcome.accepted == 0 ? CallProblem::rows_refused
                                                               : CallProblem::rows_quarantined);
  reply.status = type.status;
  reply.content_type = problem_content_type;
  begin_problem(reply.body, type,
                fmt::format("{} of {} rows are in quarantine, each for the reason in `errors`; "
                            "correct those and send them again",
                            outcome.quarantined, outcome.accepted + outcome.quarantined));
  reply.body += ',';
  append_counts(reply.body, outcome, place);
  append_failed_rows(reply.body, outcome);
  reply.body += '}';
  return reply;
}

}  // namespace sluice::adapters::direct

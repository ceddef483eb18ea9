#include "api/batch_problem.h"

#include <algorithm>
#include <array>

#include <boost/json.hpp>

#include "link/https/receipt_answer.h"
#include "server/refusal.h"

namespace sluice::api {
namespace {

using enum BatchProblem;

constexpr auto types = std::to_array<BatchProblemType>({
    {not_a_batch, 400, "not-a-batch"},
    {unknown_format, 422, "unknown-format"},
    {wrong_place, 400, "wrong-place"},
    {not_permitted, 403, "not-permitted"},
    {not_trusted, 403, "not-trusted"},
    {no_receipt, 404, "no-receipt"},
    {out_of_order, 409, "out-of-order"},
    {untimely, 422, "untimely"},
    {not_a_question, 400, "not-a-question"},
    {other_schema, 409, "other-schema"},
    {not_a_report, 400, "not-a-report"},
    {batch_refused, 422, "batch-refused"},
    {store_unavailable, 503, "store-unavailable"},
});

const BatchProblemType& type_of(BatchProblem problem) {
  return *std::ranges::find(types, problem, &BatchProblemType::problem);
}

}  // namespace

std::span<const BatchProblemType> batch_problem_types() {
  return types;
}

std::string_view name_of(BatchProblem problem) {
  return type_of(problem).name;
}

server::Response refuse(BatchProblem problem, std::string_view detail) {
  const BatchProblemType& type = type_of(problem);
  return server::problem(type.status, type.name, detail);
}

server::Response refuse(const exchange::ReceptionFailure& failure) {
  return refuse(batch_problem(failure.code), record::to_string(failure));
}

server::Response refuse(const exchange::Deferred& deferred) {
  return refuse(batch_problem(deferred.why.code), record::to_string(deferred.why), deferred.answer);
}

server::Response refuse(BatchProblem problem, std::string_view detail,
                        const record::SignedDeferral& answer) {
  server::Response response = refuse(problem, detail);
  boost::json::object object = boost::json::parse(response.body).as_object();
  object["deferral"] = answer.json;
  object["signature"] = link::to_base64(answer.signature);
  response.body = boost::json::serialize(object) + "\n";
  return response;
}

BatchProblem batch_problem(exchange::ReceptionProblem problem) {
  switch (problem) {
    case exchange::ReceptionProblem::unavailable:
    case exchange::ReceptionProblem::being_migrated:
      return store_unavailable;
    case exchange::ReceptionProblem::not_trusted:
      return not_trusted;
    case exchange::ReceptionProblem::untimely:
      return untimely;
    case exchange::ReceptionProblem::out_of_order:
      return out_of_order;
    case exchange::ReceptionProblem::not_allowed:
    case exchange::ReceptionProblem::behind_held:
    case exchange::ReceptionProblem::refused:
      break;
  }
  return batch_refused;
}

}  // namespace sluice::api

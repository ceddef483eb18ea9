// Why a node's batch, or its question about one, was not answered with a receipt: RFC 9457 problem
// details. Types and statuses are API; schemas/openapi.yaml lists the same, and a test holds the
// two together.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "exchange/reception.h"
#include "server/request.h"

namespace sluice::api {

enum class BatchProblem {
  not_a_batch,        // the body is no batch file, or its parts do not belong together
  unknown_format,     // a later version made the body: it can be read once this node is upgraded
  wrong_place,        // the path is no batch's, or another one's than the body's
  not_permitted,      // the caller is no node that may bring this bureau's batches
  not_trusted,        // the signature is not good, or not of the node that speaks for the bureau
  no_receipt,         // the ledger has no such batch
  untimely,           // it was sealed before its bureau's last one, or in the future
  out_of_order,       // another batch of the stream must come first
  not_a_question,     // about digests: the body can not be read, or is of another dataset's keys
  other_schema,       // about digests: the asker compares by another schema than is known here
  not_a_report,       // about a quarantine: the body can not be read, or is too long
  batch_refused,      // it can not be taken until a person has acted
  store_unavailable,  // it can not be taken now
};

struct BatchProblemType {
  BatchProblem problem;
  unsigned status;        // HTTP
  std::string_view name;  // after "urn:sluice:problem:"
};
[[nodiscard]] std::span<const BatchProblemType> batch_problem_types();

// `detail`: what was found, what was expected, what to do.
[[nodiscard]] server::Response refuse(BatchProblem problem, std::string_view detail);
[[nodiscard]] server::Response refuse(const exchange::ReceptionFailure& failure);
// The same, with what was signed of it.
[[nodiscard]] server::Response refuse(const exchange::Deferred& deferred);
[[nodiscard]] server::Response refuse(BatchProblem problem, std::string_view detail,
                                      const record::SignedDeferral& answer);
[[nodiscard]] std::string_view name_of(BatchProblem problem);
[[nodiscard]] BatchProblem batch_problem(exchange::ReceptionProblem problem);

}  // namespace sluice::api

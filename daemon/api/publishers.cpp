#include "api/publishers.h"

#include <algorithm>
#include <string>
#include <utility>
#include <variant>

#include <fmt/format.h>

namespace sluice::api {

using adapters::direct::CallProblem;
using adapters::direct::Reply;

std::expected<Publishers::Caller, Reply> Publishers::admit(const server::Request& request) const {
  const record::DatasetId dataset{std::string(request.parameter("dataset"))};
  const auto* bureau = std::get_if<record::BureauId>(&request.peer.caller);
  if (bureau == nullptr) {
    return std::unexpected(
        refuse(CallProblem::not_permitted, "the client certificate names no bureau"));
  }
  if (std::ranges::find(known_datasets, dataset) == known_datasets.end()) {
    return std::unexpected(refuse(CallProblem::unknown_dataset,
                                  "there is no dataset of this name here; see the node's schemas"));
  }
  if (policy.may_publish(*bureau, dataset, record::Mode::direct)) return Caller{*bureau, dataset};
  if (denials.note({"publish-denied", bureau->str(), dataset.str(), "not-granted"})) {
    log.write<"publish-denied">({{"bureau", bureau->str()}, {"dataset", dataset.str()}});
  }
  return std::unexpected(
      refuse(CallProblem::not_permitted,
             fmt::format("{} may not publish {} by direct docking", bureau->str(), dataset.str())));
}

server::Response to_response(Reply reply) {
  server::Response response;
  response.status = reply.status;
  response.content_type = reply.content_type;
  response.body = std::move(reply.body);
  if (reply.retry_after_seconds) {
    response.headers.emplace_back("Retry-After", std::to_string(*reply.retry_after_seconds));
  }
  return response;
}

Reply refuse_without_journal() {
  return refuse(CallProblem::not_durable,
                "nothing of this bureau is taken until the node's operator has acted; call again "
                "later");
}

Reply refuse(const journal::JournalFailure& failure) {
  switch (failure.code) {
    case journal::JournalProblem::lost:
      return refuse_without_journal();
    case journal::JournalProblem::backlog_full:
      return refuse(CallProblem::backlog_full, failure.sentence);
    case journal::JournalProblem::no_room:
      return refuse(CallProblem::no_room, failure.sentence);
    default:
      return refuse(CallProblem::not_durable, failure.sentence);
  }
}

}  // namespace sluice::api

#include "link/local/local_link.h"

#include "record/recast.h"

namespace sluice::link {
namespace {

LinkFailure link_failure(exchange::ReceptionFailure failure) {
  const bool later = failure.code == exchange::ReceptionProblem::unavailable;
  return {later ? LinkProblem::unavailable : LinkProblem::refused, std::move(failure.place),
          std::move(failure.sentence)};
}

}  // namespace

Result<void> LocalLink::carry(Outgoing& outgoing, const std::stop_token&) {
  while (const auto batch = outgoing.next()) {
    auto answer = reception_.answer(*batch);
    if (!answer) return std::unexpected(link_failure(std::move(answer.error())));
    if (auto* deferred = std::get_if<exchange::Deferred>(&*answer)) {
      outgoing.deferred(deferred->answer);
      return std::unexpected(link_failure(std::move(deferred->why)));
    }
    const auto& receipt = std::get<record::SignedReceipt>(*answer);
    if (outgoing.received(receipt) == Outgoing::Then::stop) break;
  }
  return {};
}

Result<journal::LedgerPlace> LocalLink::place(const record::StreamId& stream,
                                              const std::stop_token&) {
  return record::recast(reception_.place(stream), link_failure);
}

}  // namespace sluice::link

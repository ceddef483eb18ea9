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
    auto receipt = reception_.receive(*batch);
    if (!receipt) return std::unexpected(link_failure(std::move(receipt.error())));
    if (outgoing.received(*receipt) == Outgoing::Then::stop) break;
  }
  return {};
}

Result<journal::LedgerPlace> LocalLink::place(const record::StreamId& stream,
                                              const std::stop_token&) {
  return record::recast(reception_.place(stream), link_failure);
}

}  // namespace sluice::link

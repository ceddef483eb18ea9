#include "link/local/local_link.h"

namespace sluice::link {

Result<void> LocalLink::carry(Outgoing& outgoing, const std::stop_token&) {
  while (const auto batch = outgoing.next()) {
    auto receipt = reception_.receive(*batch);
    if (!receipt) {
      const bool later = receipt.error().code == exchange::ReceptionProblem::unavailable;
      return std::unexpected(LinkFailure{later ? LinkProblem::unavailable : LinkProblem::refused,
                                         std::move(receipt.error().place),
                                         std::move(receipt.error().sentence)});
    }
    if (outgoing.received(*receipt) == Outgoing::Then::stop) break;
  }
  return {};
}

}  // namespace sluice::link

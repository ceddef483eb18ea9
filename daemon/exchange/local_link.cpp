#include "exchange/local_link.h"

namespace sluice::exchange {

std::expected<void, link::LinkFailure> LocalLink::carry(link::Outgoing& outgoing,
                                                        const std::stop_token&) {
  while (const auto batch = outgoing.next()) {
    auto receipt = reception_.receive(*batch);
    if (!receipt) {
      const bool later = receipt.error().code == ReceptionProblem::unavailable;
      return std::unexpected(
          link::LinkFailure{later ? link::LinkProblem::unavailable : link::LinkProblem::refused,
                            std::move(receipt.error().place), std::move(receipt.error().sentence)});
    }
    if (outgoing.received(*receipt) == link::Outgoing::Then::stop) break;
  }
  return {};
}

}  // namespace sluice::exchange

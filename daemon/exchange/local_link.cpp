#include "exchange/local_link.h"

namespace sluice::exchange {

std::expected<record::SignedReceipt, link::LinkFailure> LocalLink::send(
    const record::Batch& batch) {
  auto receipt = reception_.receive(batch);
  if (receipt) return std::move(*receipt);
  const bool later = receipt.error().code == ReceptionProblem::unavailable;
  return std::unexpected(
      link::LinkFailure{later ? link::LinkProblem::unavailable : link::LinkProblem::refused,
                        std::move(receipt.error().place), std::move(receipt.error().sentence)});
}

}  // namespace sluice::exchange

// The link of a node that is its own center: straight into the reception.
#pragma once

#include <utility>

#include "exchange/reception.h"
#include "link/link.h"

namespace sluice::exchange {

class LocalLink : public link::Link {
 public:
  explicit LocalLink(Reception reception) : reception_(std::move(reception)) {}

  [[nodiscard]] std::expected<record::SignedReceipt, link::LinkFailure> send(
      const record::Batch& batch) override;

 private:
  Reception reception_;
};

}  // namespace sluice::exchange

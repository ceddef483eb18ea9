// The link of a node that is its own center: straight into the reception.
#pragma once

#include <utility>

#include "exchange/reception.h"
#include "link/link.h"

namespace sluice::exchange {

class LocalLink : public link::Link {
 public:
  explicit LocalLink(Reception reception) : reception_(std::move(reception)) {}

  // One batch after the other; a stop is heeded between two.
  [[nodiscard]] std::expected<void, link::LinkFailure> carry(link::Outgoing& outgoing,
                                                             const std::stop_token& stop) override;

 private:
  Reception reception_;
};

}  // namespace sluice::exchange

// The link of a node that is its own center: straight into the reception.
#pragma once

#include <utility>

#include "exchange/reception.h"
#include "link/link.h"

namespace sluice::link {

class LocalLink : public Link {
 public:
  explicit LocalLink(exchange::Reception reception) : reception_(std::move(reception)) {}

  // One batch after the other; a stop is heeded between two.
  [[nodiscard]] Result<void> carry(Outgoing& outgoing, const std::stop_token& stop) override;

  [[nodiscard]] Result<journal::LedgerPlace> place(const record::StreamId& stream,
                                                   const std::stop_token& stop) override;

 private:
  exchange::Reception reception_;
};

}  // namespace sluice::link

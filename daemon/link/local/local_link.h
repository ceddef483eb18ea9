// The link of a node that is its own center: straight into the reception.
#pragma once

#include <memory>
#include <stop_token>
#include <utility>

#include "exchange/reception.h"
#include "link/link.h"
#include "threads/slots.h"

namespace sluice::link {

class LocalLink : public Link {
 public:
  // `applying`: how many streams of the node may have a batch in memory and in the store's hands at
  // once. The others wait with theirs in their journals: a hundred of them would be the node's
  // memory. Null: it waits for nobody.
  explicit LocalLink(exchange::Reception reception,
                     std::shared_ptr<threads::Slots> applying = nullptr)
      : reception_(std::move(reception)), applying_(std::move(applying)) {}

  // One batch after the other; a stop is heeded between two.
  [[nodiscard]] Result<void> carry(Outgoing& outgoing, const std::stop_token& stop) override;

  [[nodiscard]] Result<std::optional<record::SignedReceipt>> receipt(
      const record::StreamId& stream, record::Sequence sequence,
      const std::stop_token& stop) override;
  [[nodiscard]] Result<journal::LedgerPlace> place(const record::StreamId& stream,
                                                   const std::stop_token& stop) override;

 private:
  exchange::Reception reception_;
  std::shared_ptr<threads::Slots> applying_;
  std::string store_;  // which one it is, as far as it was told
};

}  // namespace sluice::link

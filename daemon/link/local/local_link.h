// The link of a node that is its own center: straight into the reception.
#pragma once

#include <cstddef>
#include <memory>
#include <semaphore>
#include <stop_token>
#include <utility>

#include "exchange/reception.h"
#include "link/link.h"

namespace sluice::link {

// How many streams of a node may have a batch in memory and in the store's hands at once. The
// others wait with theirs in their journals: a hundred of them would be the node's memory.
class Applying {
 public:
  explicit Applying(std::ptrdiff_t most) : places_(most) {}

  // Blocks until there is a place, or until `stop`: then there is none, and nothing to give back.
  [[nodiscard]] bool take(const std::stop_token& stop);
  void give_back() { places_.release(); }

 private:
  std::counting_semaphore<> places_;
};

class LocalLink : public Link {
 public:
  // `applying`: shared with the node's other streams; null: it waits for nobody.
  explicit LocalLink(exchange::Reception reception, std::shared_ptr<Applying> applying = nullptr)
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
  std::shared_ptr<Applying> applying_;
  std::string store_;  // which one it is, as far as it was told
};

}  // namespace sluice::link

// Carries batches from an edge to a center by HTTPS (docs/link.md): one connection that is kept,
// requests sent one behind the other while earlier batches are still being applied.
#pragma once

#include <memory>

#include "link/bandwidth.h"
#include "link/https/uplink_identity.h"
#include "link/link.h"
#include "link/uplink.h"

namespace sluice::link {

class HttpsLink : public Link {
 public:
  // Connects when there is something to carry. `identity` and `bandwidth`, which a node's links
  // share, must outlive the link.
  HttpsLink(Uplink uplink, const UplinkIdentity& identity, Bandwidth& bandwidth);
  ~HttpsLink() override;
  HttpsLink(const HttpsLink&) = delete;
  HttpsLink& operator=(const HttpsLink&) = delete;

  // Cuts what is under way when a stop is requested.
  [[nodiscard]] Result<void> carry(Outgoing& outgoing, const std::stop_token& stop) override;
  [[nodiscard]] Result<std::optional<record::SignedReceipt>> receipt(
      const record::StreamId& stream, record::Sequence sequence,
      const std::stop_token& stop) override;
  [[nodiscard]] Result<journal::LedgerPlace> place(const record::StreamId& stream,
                                                   const std::stop_token& stop) override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sluice::link

// Where an edge node's batches go, and within which limits.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "record/signers.h"

namespace sluice::link {

struct Uplink {
  struct Address {
    std::string host;  // a DNS name or an IP address, which the server's certificate must be for
    std::uint16_t port = 0;
    friend bool operator==(const Address&, const Address&) = default;
  };
  std::vector<Address> addresses;  // all of one exchange; the next one where one does not answer
  // Whom the centers' receipts are signed by, and were.
  record::Signers center_signers;
  // Batches that may be without an answer at once, and the bytes of their files together; one batch
  // alone may be larger.
  std::size_t in_flight = 4;
  std::uint64_t in_flight_bytes = std::uint64_t{32} << 20;
  std::optional<std::uint64_t> bandwidth;  // bytes a second, of all streams together
  std::chrono::milliseconds connect_timeout = std::chrono::seconds(10);
  // How long nothing may move in either direction while an answer is waited for.
  std::chrono::milliseconds answer_timeout = std::chrono::seconds(60);
  // How often a stream asks where the center stands though it has nothing to send.
  std::chrono::milliseconds ask_every = std::chrono::minutes(5);
};

}  // namespace sluice::link

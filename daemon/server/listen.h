// Where and within which limits an HTTPS server listens.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace sluice::server {

struct Listen {
  std::string address = "0.0.0.0";
  std::uint16_t port = 8443;
  std::uint64_t max_body_bytes = std::uint64_t{16} << 20;
  // Of all request bodies that are being received or handled; one bureau may have half of it.
  std::uint64_t max_body_memory_bytes = std::uint64_t{64} << 20;
  // Whose handshake is finished.
  std::uint64_t max_connections = 1024;
  // That are not finished, besides.
  std::uint64_t max_handshakes = 256;
  std::uint64_t max_connections_per_bureau = 256;  // of the pages: of one address
  // Whether GET /metrics is answered here too: its figures name every bureau.
  bool metrics = false;
  std::chrono::seconds header_timeout{10};
  std::chrono::seconds body_timeout{60};
  std::chrono::seconds idle_timeout{75};
};

}  // namespace sluice::server

// Where and within which limits the HTTPS server listens.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace sluice::server {

struct Listen {
  std::string address = "0.0.0.0";
  std::uint16_t port = 8443;
  std::uint64_t max_body_bytes = std::uint64_t{16} << 20;
  std::uint64_t max_connections = 1024;
  std::chrono::seconds header_timeout{10};
  std::chrono::seconds body_timeout{60};
  std::chrono::seconds idle_timeout{75};
};

}  // namespace sluice::server

// The load itself: posts of a record or more over keep-alive connections, each connection waiting
// for its answer before it asks again.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include <openssl/ssl.h>

#include "bench/load/client_connection.h"
#include "bench/load/latency_histogram.h"

namespace sluice::bench {

struct LoadOptions {
  Server server;
  std::string dataset;
  std::uint64_t connections = 32;
  std::uint64_t rows = 1;  // a request
  std::chrono::seconds duration{10};
  std::optional<std::uint64_t> count;  // of requests, instead of the duration
  // The row of the wide register to begin with: every request has the next ones, thus keys of its
  // own.
  std::uint64_t first_row = 0;
};

struct LoadResult {
  std::map<unsigned, std::uint64_t> answers;  // by status
  LatencyHistogram latencies;
  std::uint64_t reconnects = 0;
  // From the first request, all connections being open, to the last answer.
  ClientConnection::Clock::duration elapsed{};
  std::string problem;  // why it ended early; empty otherwise
};

// Blocks, on one thread. Ends early if the server can not be reached, breaks off, or says nothing
// for 30 seconds.
[[nodiscard]] LoadResult run_load(const LoadOptions& options, SSL_CTX& context);

}  // namespace sluice::bench

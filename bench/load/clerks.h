// Clerks who key the queue empty, each at a browser of their own, as fast as the node answers: what
// is keyed of a task is the row of the wide register that has its number.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <string>
#include <vector>

#include <openssl/ssl.h>

#include "bench/load/browser.h"
#include "bench/load/latency_histogram.h"

namespace sluice::bench {

struct ClerksOptions {
  Server server;
  std::string bureau;
  std::string work;                  // "key" or "check", as the form for the next task has it
  std::vector<std::string> cookies;  // one a clerk
};

struct ClerksResult {
  LatencyHistogram claims;             // of the next task, where a clerk begins
  LatencyHistogram desks;              // a task's form shown
  LatencyHistogram saves;              // a form sent, until the next task's place is known
  std::chrono::nanoseconds elapsed{};  // all having a connection, until the last save
  std::string problem;                 // why it ended early; empty otherwise
};

// Blocks, on a thread a clerk.
[[nodiscard]] ClerksResult run_clerks(const ClerksOptions& options, SSL_CTX& context);

struct TasksToAdd {
  std::string bureau;
  std::string dataset;
  std::uint64_t count = 0;
};
// By the browser of a supervisor, one after another.
[[nodiscard]] std::expected<void, std::string> add_tasks(Browser& browser, const TasksToAdd& tasks);

}  // namespace sluice::bench

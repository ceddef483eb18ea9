// What the connections of one server share.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "server/audience.h"
#include "server/body_memory.h"
#include "server/handshakes.h"
#include "server/http_server.h"
#include "server/share.h"

namespace sluice::server {

// Counts answers by status without looking the counter up each time. Thread-safe.
class AnswerCounters {
 public:
  AnswerCounters(observe::Metrics& metrics, std::string listener)
      : metrics_(metrics),
        listener_(std::move(listener)),
        seconds_(metrics.http_request_seconds(listener_)) {}

  void count(unsigned status, double seconds) {
    if (status >= by_status_.size()) status = 500;
    observe::Metrics::Counter* counter = by_status_[status].load(std::memory_order_relaxed);
    if (counter == nullptr) {
      counter = &metrics_.http_requests(listener_, status);
      by_status_[status].store(counter, std::memory_order_relaxed);
    }
    counter->Increment();
    seconds_.Observe(seconds);
  }

 private:
  observe::Metrics& metrics_;
  std::string listener_;
  observe::Metrics::Histogram& seconds_;
  std::array<std::atomic<observe::Metrics::Counter*>, 600> by_status_{};
};

struct Service {
  Service(Audience who, Router served, const Listen& listen, const Surroundings& all)
      : audience(std::move(who)),
        router(std::move(served)),
        limits(listen),
        around(all),
        handshakes(listen.max_handshakes),
        body_memory(listen.max_body_memory_bytes, all.metrics.http_body_bytes()),
        answers(all.metrics, audience.listener),
        open(all.metrics.http_connections(audience.listener)) {
    for (const Route* route : router.routes()) {
      if (!route->bodies) continue;
      route_memory.try_emplace(route, route->bodies->max_memory_bytes,
                               all.metrics.http_body_bytes());
    }
  }

  [[nodiscard]] BodyMemory& memory_for(const Route& route) {
    const auto own = route_memory.find(&route);
    return own == route_memory.end() ? body_memory : own->second;
  }
  [[nodiscard]] std::uint64_t max_body_bytes(const Route& route) const {
    return route.bodies ? route.bodies->max_bytes : limits.max_body_bytes;
  }

  Audience audience;
  Router router;
  Listen limits;
  Surroundings around;
  Handshakes handshakes;
  std::atomic<std::uint64_t> introduced{0};  // open connections that have passed theirs
  BodyMemory body_memory;
  std::map<const Route*, BodyMemory> route_memory;  // of those with limits of their own
  Shares shares;
  AnswerCounters answers;
  observe::Metrics::Gauge& open;
  // Counts the reloads: a connection of an earlier generation takes no further request,
  // and does not answer the one that is still arriving.
  std::atomic<std::uint64_t> generation{1};
  std::atomic<bool> stopping{false};
};

}  // namespace sluice::server
